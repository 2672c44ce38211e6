package main

import (
	"cmp"

	"bompass/hardware"
	"bompass/hardware/sim"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// applyDemoDefaults sets the demo data's key and station, and the address of the portal that `make run`
// starts with the same environment.
func applyDemoDefaults(c *config, getenv func(string) string) {
	c.Key = cmp.Or(c.Key, fixture.StationKey)
	c.Station = cmp.Or(c.Station, "oslo-301")
	c.Listen = cmp.Or(c.Listen, "127.0.0.1:9105")
	if addr := getenv("BOMPASS_ADDR"); addr != "" {
		c.Server = cmp.Or(c.Server, "http://"+addr)
	}
	if home := getenv("BOMPASS_HOME"); home != "" {
		c.home = home
	}
}

// demoVehicles returns the demo data's vehicles with their mounted tags.
func demoVehicles(gates []sim.Gate) []sim.Vehicle {
	mounted := map[toll.VehicleID]toll.TagID{}
	for _, m := range fixture.Mounts() {
		mounted[m.Vehicle] = m.Tag
	}
	var vehicles []sim.Vehicle
	for _, v := range fixture.Vehicles() {
		vehicles = append(vehicles, sim.Vehicle{
			PAN: string(mounted[v.ID]), Plate: hardware.PlateRead{Country: v.Plate.Country, Text: v.Plate.Text}, Gates: gates,
		})
	}
	return vehicles
}
