package pdf

import (
	"strconv"
	"strings"
)

// element is an element of the structure: a heading, a paragraph, a table, a row, a cell.
type element struct {
	kind       string
	attributes string // as they stand in the file
	parent     *element
	kids       []kid
	object     int // its number in the file
}

// kid is an element, or a piece of marked content of a page.
type kid struct {
	element    *element
	page, mark int // of the content: from 0
}

func itoa(n int) string { return strconv.Itoa(n) }

// ref returns a reference to an object.
func ref(object int) string { return itoa(object) + " 0 R" }

// number gives an element and all below it the numbers of their objects, and returns the next free one.
func (e *element) number(next int) int {
	e.object = next
	next++
	for _, k := range e.kids {
		if k.element != nil {
			next = k.element.number(next)
		}
	}
	return next
}

// write adds an element and all below it, in the order of their numbers. above is the object of the element above, and pages
// are the objects of the pages.
func (e *element) write(list []string, above int, pages []int) []string {
	text := "<</Type/StructElem/S/" + e.kind + "/P " + ref(above) + e.attributes + e.content(pages) + ">>"
	list = append(list, text)
	for _, k := range e.kids {
		if k.element != nil {
			list = k.element.write(list, e.object, pages)
		}
	}
	return list
}

// content returns the entries that name what an element consists of.
func (e *element) content(pages []int) string {
	if len(e.kids) == 0 {
		return ""
	}
	if k := e.kids[0]; len(e.kids) == 1 && k.element == nil {
		return "/Pg " + ref(pages[k.page]) + "/K " + itoa(k.mark)
	}
	var b strings.Builder
	b.WriteString("/K[")
	for _, k := range e.kids {
		if k.element != nil {
			b.WriteString(ref(k.element.object) + " ")
		} else {
			b.WriteString("<</Type/MCR/Pg " + ref(pages[k.page]) + "/MCID " + itoa(k.mark) + ">>")
		}
	}
	return b.String() + "]"
}

// structure returns the objects of the structure, the first of which gets the number first: its root, the tree that leads from
// marked content to elements, and the elements.
func (s *sheet) structure(first int, pages []int) []string {
	tree := first + 1
	s.root.number(tree + 1 + len(pages))
	var nums strings.Builder
	lists := make([]string, len(pages))
	for i := range pages {
		nums.WriteString(itoa(i) + " " + ref(tree+1+i) + " ")
		var b strings.Builder
		for _, e := range s.marks[i] {
			b.WriteString(ref(e.object) + " ")
		}
		lists[i] = "[" + b.String() + "]"
	}
	list := append([]string{
		"<</Type/StructTreeRoot/K " + ref(s.root.object) + "/ParentTree " + ref(tree) + "/ParentTreeNextKey " + itoa(len(pages)) + ">>",
		"<</Nums[" + nums.String() + "]>>",
	}, lists...)
	return s.root.write(list, first, pages)
}
