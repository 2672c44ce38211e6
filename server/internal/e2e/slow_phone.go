package e2e

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// The profile of a slow phone on a slow network, as Lighthouse uses it for mobile pages.
const (
	slowBytes   = 1_600_000 / 8 // bytes per second: 1.6 Mbit/s
	slowLatency = 150           // milliseconds
	slowRate    = 4             // factor by which the processor is slower
)

// EmulateSlowPhone emulates a slow phone on a slow network.
func (p *Page) EmulateSlowPhone() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, network.EmulateNetworkConditionsByRule,
			network.EmulateNetworkConditionsByRuleParams{
				MatchedNetworkConditions: []*network.Conditions{
					{Latency: slowLatency, DownloadThroughput: slowBytes, UploadThroughput: slowBytes},
				},
			}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, emulation.SetCPUThrottlingRate,
			emulation.SetCPUThrottlingRateParams{Rate: slowRate})
		return err
	}))
}

// ClearStorage deletes everything that the browser has stored except cookies, like a first visit.
func (p *Page) ClearStorage(origin string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, network.ClearBrowserCache, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{
			Origin: origin, StorageTypes: "service_workers,cache_storage,indexeddb",
		})
		return err
	}))
}
