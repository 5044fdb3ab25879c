"""Writes world.csv beside itself: the outline of each country on a map of equal areas, and the place of its name.

Run: npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz && python3 generate.py package
Source: Natural Earth 4.1 (public domain) as TopoJSON of npm world-atlas 2.0.2 (ISC). Outlines at 1:110m; countries too
small for that scale have none and only a place, taken from 1:50m. Ground without an ISO number belongs to the entity
under which ISO 3166-2 codes it, as in shared/domain/data. Borders are no statement on anybody's status.
"""

import csv
import json
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
COUNTRIES = HERE / "../../../shared/domain/data/countries.csv"
WIDTH, NORTH, SOUTH = 1000, 84.0, -58.0
MIDDLE = 11.6  # degrees east, so that the map is cut in the Bering Strait and through no country
WITHOUT_NUMBER = {"Somaliland": "SO", "N. Cyprus": "CY", "Kosovo": "RS"}


def equal_earth(longitude, latitude):
    """Equal Earth (Savric, Patterson, Jenny 2018)."""
    a = (1.340264, -0.081106, 0.000893, 0.003796)
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    scale = 9 * a[3] * theta**8 + 7 * a[2] * theta**6 + 3 * a[1] * theta**2 + a[0]
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * scale)
    return x, a[3] * theta**9 + a[2] * theta**7 + a[1] * theta**3 + a[0] * theta


EDGE = equal_earth(180, 0)[0]
TOP = equal_earth(0, NORTH)[1]


def place(longitude, latitude):
    from_middle = (longitude - MIDDLE + 180) % 360 - 180
    x, y = equal_earth(from_middle, max(SOUTH, min(NORTH, latitude)))
    return round((x + EDGE) / (2 * EDGE) * WIDTH), round((TOP - y) / (2 * EDGE) * WIDTH)


def polygons(topology, geometry):
    """The rings of each polygon, in degrees."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]

    def arc(number):
        x = y = 0
        points = []
        for dx, dy in topology["arcs"][number if number >= 0 else ~number]:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        return points if number >= 0 else points[::-1]

    def ring(arcs):
        points = []
        for number in arcs:
            points += arc(number)[1 if points else 0 :]
        return points

    many = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [[ring(arcs) for arcs in polygon] for polygon in many]


def area(ring):
    pairs = zip(ring, ring[1:] + ring[:1])
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def centre(ring):
    """The centroid of a ring in map units."""
    size = area(ring)
    if size == 0:
        return ring[0]
    pairs = list(zip(ring, ring[1:] + ring[:1]))
    cross = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
    x = sum((a[0] + b[0]) * c for (a, b), c in zip(pairs, cross)) / (6 * size)
    y = sum((a[1] + b[1]) * c for (a, b), c in zip(pairs, cross)) / (6 * size)
    return round(x), round(y)


def on_map(ring):
    points = []
    for degrees in ring:
        point = place(*degrees)
        if not points or points[-1] != point:
            points.append(point)
    return points


def path(rings):
    text = ""
    for ring in rings:
        if len(ring) < 4:
            continue
        (x, y), rest = ring[0], ring[1:-1]
        text += f"M{x} {y}l"
        steps = []
        for to_x, to_y in rest:
            steps.append(f"{to_x - x} {to_y - y}")
            x, y = to_x, to_y
        text += " ".join(steps).replace(" -", "-") + "z"
    return text


def read(package, name, by_number):
    topology = json.loads((pathlib.Path(package) / name).read_text())
    found = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = by_number.get(geometry.get("id")) or WITHOUT_NUMBER.get(geometry["properties"]["name"])
        if code and code != "AQ" and geometry["type"]:
            shapes = [[on_map(ring) for ring in polygon] for polygon in polygons(topology, geometry)]
            found.setdefault(code, []).extend(shapes)
    return found


def main(package):
    with open(COUNTRIES, newline="", encoding="utf-8") as file:
        by_number = {row["m49"]: row["alpha2"] for row in csv.DictReader(file)}
    coarse, fine = (read(package, f"countries-{scale}.json", by_number) for scale in ("110m", "50m"))
    with open(HERE / "world.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["code", "x", "y", "path"])
        for code in sorted(by_number.values()):
            shapes = coarse.get(code) or fine.get(code)
            if not shapes:
                continue
            largest = max((polygon[0] for polygon in shapes), key=lambda ring: abs(area(ring)))
            rings = [ring for polygon in coarse.get(code, []) for ring in polygon]
            out.writerow([code, *centre(largest), path(rings)])


main(sys.argv[1])
