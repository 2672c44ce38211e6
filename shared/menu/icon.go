package menu

// Icon is a small drawing that repeats the text beside it; screen readers skip it. It is markup, and constant: none is
// made from data.
type Icon string

// The drawings of the frame around every page.
const (
	IconBrand    Icon = `<svg class="bp-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><rect width="32" height="32" rx="8" class="bp-mark-field"></rect><path d="M6.5 26V12a5.5 5.5 0 0 1 5.5-5.5h8a5.5 5.5 0 0 1 5.5 5.5v14" class="bp-mark-gantry"></path><path d="M14 12.5h4L22 26H10z" class="bp-mark-road"></path><path d="M16 14v1.6M16 18v2.2M16 22.6v3.4" class="bp-mark-line"></path></svg>`
	IconOverview Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M4 10.5 12 4l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z"></path></svg>`
	IconPassage  Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M4 20V7.5A3.5 3.5 0 0 1 7.5 4h9A3.5 3.5 0 0 1 20 7.5V20M10.5 9.5h3L16 20H8zM12 12v1.5M12 16v1.5"></path></svg>`
	IconVehicle  Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M4 16.5v-4l1.8-5A2 2 0 0 1 7.7 6h8.6a2 2 0 0 1 1.9 1.5l1.8 5v4a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zM4.5 12h15M6 17.5V19M18 17.5V19M7.5 14.75v.01M16.5 14.75v.01"></path></svg>`
	IconInvoice  Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M6 3.5h12V21l-3-1.8L12 21l-3-1.8L6 21zM9.5 8h5M9.5 11.5h5M9.5 15h2.5"></path></svg>`
	IconPrices   Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M4 5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5zM8 8.5h8M8.5 13v.01M12 13v.01M15.5 13v.01M8.5 16.5v.01M12 16.5v.01M15.5 16.5v.01"></path></svg>`
	IconHelp     Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.5v.01"></path></svg>`
	IconMore     Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M5 7h14M5 12h14M5 17h14"></path></svg>`
	IconDown     Icon = `<svg class="bp-icon bp-chevron" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="m6 9.5 6 6 6-6"></path></svg>`
	IconLeave    Icon = `<svg class="bp-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M14 4h4.5A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5H14M10 8l-4 4 4 4M6 12h9"></path></svg>`
)
