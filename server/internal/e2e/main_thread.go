package e2e

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// settled is how long the main thread must have nothing to do before the page counts as settled.
const settled = 150 * time.Millisecond

// MainThread returns how long the page's main thread has been busy since the page was opened, in milliseconds.
func (p *Page) MainThread() (ms float64) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, performance.Enable, performance.EnableParams{}); err != nil {
			return err
		}
		reply, err := cdp.Call(ctx, tab, performance.GetMetrics, cdp.Empty{})
		if err != nil {
			return err
		}
		for _, m := range reply.Metrics {
			if m.Name == "TaskDuration" {
				ms = 1000 * m.Value
			}
		}
		return nil
	}))
	return ms
}

// Settle waits until the main thread has had next to nothing to do for a while.
func (p *Page) Settle() {
	p.t.Helper()
	for {
		before := p.MainThread()
		time.Sleep(settled)
		if p.MainThread()-before < 5 {
			return
		}
	}
}

// SlowDown makes the processor slower by a factor; 1 is its own speed.
func (p *Page) SlowDown(factor float64) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: factor})
		return err
	}))
}
