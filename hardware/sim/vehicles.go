package sim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"bompass/hardware"
)

// vehiclesMax is the maximum number of vehicles.
const vehiclesMax = 100_000

// RandomVehicles returns n random Norwegian vehicles, each with a tag, that may pass at any of the gates.
func RandomVehicles(dice *rand.Rand, n int, gates []Gate) []Vehicle {
	const letters = "ABCDEFHJKLNPRSTUVXYZ"
	vehicles := make([]Vehicle, min(n, vehiclesMax))
	for i := range vehicles {
		plate := fmt.Sprintf("%c%c%05d", letters[dice.IntN(len(letters))], letters[dice.IntN(len(letters))], 10000+dice.IntN(90000))
		number := fmt.Sprintf("9578019%011d", dice.Int64N(1e11))
		vehicles[i] = Vehicle{PAN: number + string(hardware.CheckDigit(number)), Plate: hardware.PlateRead{Country: "NO", Text: plate}, Gates: gates}
	}
	return vehicles
}

// ReadVehicles reads one vehicle from every line: country, plate, and the tag's 19 digits if it has a tag.
// Empty lines and those that start with # are skipped.
func ReadVehicles(r io.Reader, gates []Gate) (vehicles []Vehicle, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		v, err := parseVehicle(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		v.Gates = gates
		if vehicles = append(vehicles, v); len(vehicles) > vehiclesMax {
			return nil, fmt.Errorf("line %d: more than %d vehicles", n, vehiclesMax)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(vehicles) == 0 {
		return nil, errors.New("no vehicles")
	}
	return vehicles, nil
}

// parseVehicle parses country, plate and optional tag number of a vehicle.
func parseVehicle(fields []string) (v Vehicle, err error) {
	if len(fields) < 2 || len(fields) > 3 {
		return v, fmt.Errorf("want country, plate and optional tag, got %d words", len(fields))
	}
	v.Plate = hardware.PlateRead{Country: fields[0], Text: fields[1]}
	if len(fields) == 3 {
		v.PAN = fields[2]
		_, err = NewTag(v.PAN, v.Plate)
	}
	return v, err
}
