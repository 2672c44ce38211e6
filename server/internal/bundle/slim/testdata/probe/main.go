// Command probe exercises what needs the tables of a linked program: growing stacks, garbage collection while
// they are deep, recovered panics, deferred calls, and reflection.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

type leaf struct {
	Name string
	Next *leaf
}

func main() {
	fmt.Println("depth", dive(20_000, nil))
	fmt.Println("caught", caught())
	fmt.Println("together", together())
	text, err := json.Marshal(map[string]any{"a": leaf{Name: "b"}, "c": []int{1, 2}})
	fmt.Println(string(text), err)
	fmt.Println("known", known())
	fmt.Println(strings.Repeat("zeros\x00\x00\x00\x00", 2))
	if len(os.Args) > 1 {
		fails(nil)
	}
}

// dive recurses n deep with pointers on the stack, and collects garbage in between.
//
//go:noinline
func dive(n int, above *leaf) int {
	mine := &leaf{Name: fmt.Sprint(n), Next: above}
	if n%4_000 == 0 {
		runtime.GC()
	}
	if n == 0 {
		return 0
	}
	below := dive(n-1, mine)
	if mine.Name != fmt.Sprint(n) || mine.Next != above {
		panic("the stack has changed")
	}
	return below + 1
}

//go:noinline
func caught() (said string) {
	defer func() {
		if problem, ok := recover().(error); ok {
			said = problem.Error()
		}
	}()
	defer runtime.GC()
	var none *leaf
	return none.Name
}

//go:noinline
func together() int {
	var wait sync.WaitGroup
	sums := make(chan int, 50)
	for i := range 50 {
		wait.Go(func() { sums <- dive(i*10, nil) })
	}
	wait.Wait()
	close(sums)
	sum := 0
	for one := range sums {
		sum += one
	}
	return sum
}

// known reports whether the stack trace has this function.
//
//go:noinline
func known() bool {
	pcs := make([]uintptr, 8)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	for {
		frame, more := frames.Next()
		if frame.Function == "main.known" {
			return true
		}
		if !more {
			return false
		}
	}
}

//go:noinline
func fails(err error) {
	panic(errors.Join(err, errors.New("nobody catches this")))
}
