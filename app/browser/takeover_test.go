//go:build !js

package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// The page that the server has painted, with the answers it was made from.
const paintedPage = `<!doctype html><html lang="nb"><title>t</title>
<script defer src="/fake.js"></script><script defer src="/companion.js"></script>
<body><div class="bp-app"><input id="name"><input id="mail" value="a@bompass.example"><input id="own" type="checkbox">
<input id="known" type="checkbox"><input type="radio" name="r" id="one"><input type="radio" name="r" id="two">
<select id="kind"><option>x</option><option>y</option></select><button type="button" id="more">m</button></div>
<script type="application/json" data-answer="/api/v1/me">{}</script>`

// The program draws its own elements, with what it knows, and hears of every change of them.
const paintedFake = `window.heard = [];
window.takeOver = function () {
	const box = document.createElement("div"); box.className = "bp-app";
	box.innerHTML = document.querySelector(".bp-app").innerHTML;
	box.querySelector("#known").checked = true;
	box.querySelector("#mail").value = "b@bompass.example";
	for (const kind of ["change", "click"]) box.addEventListener(kind, function (e) {
		if (kind === "change" || e.target.tagName === "BUTTON") heard.push(e.target.id);
	});
	document.querySelector(".bp-app").replaceWith(box);
	return "taken";
};`

// What a person ticks, types, chooses and presses before the program runs is done again when it runs. What they left alone
// stays as the program has drawn it.
func TestWhatWasDoneBeforeTheProgramRunsIsDoneAgain(t *testing.T) {
	ctx := openCompanion(t, paintedPage, paintedFake)
	if err := chromedp.Do(ctx, chromedp.SendKeys("#name", "Kari"), chromedp.Click("#own"), chromedp.Click("#two"),
		chromedp.SetValue("#kind", "y"), chromedp.Click("#more")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, ctx, `document.getElementById("kind").dispatchEvent(new Event("input", { bubbles: true })); takeOver()`, "taken")
	const now = `["own", "known", "one", "two"].map((id) => document.getElementById(id).checked).join() + " " +
		["name", "mail", "kind"].map((id) => document.getElementById(id).value).join() + " " + document.activeElement.id`
	waitFor(t, ctx, now, "true,true,false,true Kari,b@bompass.example,y more")
	waitFor(t, ctx, `heard.sort().join()`, "kind,more,name,own,two")
}
