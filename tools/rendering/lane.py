"""The lane around the pots: belt, rails, machine frame, and a factory behind. Metres."""

import bpy
import numpy as np
from materials import (
    add_bump,
    add_node,
    add_noise,
    coordinates,
    linear,
    link,
    make_material,
    ramp,
)

BELT_COLOURS = {
    "rubber": ((0.16, 0.16, 0.17), (0.10, 0.22, 0.17), (0.25, 0.26, 0.27)),
    "links": ((0.13, 0.30, 0.52), (0.80, 0.81, 0.80), (0.42, 0.44, 0.46)),
    "steel": ((0.62, 0.63, 0.64),),
    "coated": ((0.52, 0.17, 0.12), (0.80, 0.74, 0.58), (0.09, 0.09, 0.11)),
}
PAINTS = (
    (0.82, 0.83, 0.82),
    (0.60, 0.63, 0.66),
    (0.16, 0.32, 0.48),
    (0.20, 0.42, 0.34),
    (0.90, 0.72, 0.16),
    (0.74, 0.36, 0.14),
    (0.24, 0.25, 0.27),
)


def _add_box(name, low, high, material):
    """Add a box between two corners; its texture coordinates are in metres."""
    bpy.ops.mesh.primitive_cube_add(size=1)
    box = bpy.context.object
    box.name = name
    low, high = np.array(low), np.array(high)
    corners = np.array([v.co for v in box.data.vertices]) * (high - low) + (high + low) / 2
    box.data.vertices.foreach_set("co", corners.ravel())
    box.data.materials.append(material)
    return box


def _add_tube(name, start, end, radius, material):
    """Add a round bar between two points."""
    start, end = np.array(start, float), np.array(end, float)
    line = end - start
    bpy.ops.mesh.primitive_cylinder_add(
        vertices=32, radius=radius, depth=np.linalg.norm(line), location=(start + end) / 2
    )
    tube = bpy.context.object
    tube.name = name
    tube.rotation_euler = (
        0,
        np.arccos(line[2] / np.linalg.norm(line)),
        np.arctan2(line[1], line[0]),
    )
    bpy.ops.object.shade_smooth()
    tube.data.materials.append(material)
    return tube


def _steel(rng, roughness=0.32):
    tone = rng.uniform(0.50, 0.68)
    material, shader = make_material("steel", (tone, tone, tone * 1.02), roughness, metallic=1)
    brushed = add_noise(material, 30, stretch=(1, 40, 40), offset=tuple(rng.uniform(0, 9, 3)))
    add_bump(material, shader, brushed, 0.10, 0.001)
    return material


def _stained(material, shader, rng, colour, contrast, scale):
    """Give the surface an uneven colour and wet or worn spots."""
    offset = tuple(rng.uniform(0, 9, 3))
    spots = add_noise(material, scale, stretch=(0.35, 1, 1), offset=offset, detail=6)
    dark = tuple(part * (1 - contrast) for part in colour)
    bright = tuple(min(1, part * (1 + contrast)) for part in colour)
    link(material, ramp(material, spots, dark, bright), shader.inputs["Base Color"])
    wear = add_noise(material, scale * 0.7, stretch=(0.3, 1, 1), offset=offset[::-1], detail=3)
    low, high = rng.uniform(0.16, 0.34), rng.uniform(0.5, 0.7)
    rough = ramp(material, wear, (low,) * 3, (high,) * 3, at=(0.35, 0.6))
    link(material, rough, shader.inputs["Roughness"])


def _rubber_belt(rng):
    colour = linear(BELT_COLOURS["rubber"][rng.integers(3)])
    material, shader = make_material("rubber", colour, 0.5)
    _stained(material, shader, rng, colour, 0.45, 60)
    grain = add_noise(material, 1400, detail=2)
    add_bump(material, shader, grain, 0.4, 0.0006)
    return material


def _links_belt(rng):
    """Plastic links: a grid with dark gaps."""
    colour = linear(BELT_COLOURS["links"][rng.integers(3)])
    material, shader = make_material("links", colour, 0.4)
    _stained(material, shader, rng, colour, 0.25, 45)
    size = rng.uniform(0.85, 1.25)
    bricks = add_node(material, "ShaderNodeTexBrick", Scale=1.0)
    bricks.offset = 0.0  # Links stand in straight columns; the usual half step looks like a wall.
    bricks.inputs["Brick Width"].default_value = 0.0125 * size
    bricks.inputs["Row Height"].default_value = 0.0125 * size
    bricks.inputs["Mortar Size"].default_value = 0.0007 * size
    bricks.inputs["Mortar Smooth"].default_value = 0.3
    link(
        material,
        coordinates(material, offset=tuple(rng.uniform(0, 1, 3))),
        bricks.inputs["Vector"],
    )
    stained = shader.inputs["Base Color"].links[0].from_socket
    gaps = add_node(material, "ShaderNodeMixRGB")
    gaps.inputs["Color2"].default_value = (*(part * 0.35 for part in colour), 1)
    link(material, bricks.outputs["Fac"], gaps.inputs["Fac"])
    link(material, stained, gaps.inputs["Color1"])
    link(material, gaps.outputs["Color"], shader.inputs["Base Color"])
    flipped = add_node(material, "ShaderNodeInvert")
    link(material, bricks.outputs["Fac"], flipped.inputs["Color"])
    add_bump(material, shader, flipped.outputs["Color"], 0.8, 0.001)
    return material


def _steel_belt(rng):
    """Flat steel slats across the belt."""
    colour = BELT_COLOURS["steel"][0]
    material, shader = make_material("slats", colour, 0.3, metallic=1)
    _stained(material, shader, rng, colour, 0.2, 50)
    slats = add_node(material, "ShaderNodeTexWave", Scale=rng.uniform(2.6, 3.6))
    slats.wave_profile = "SAW"
    link(material, coordinates(material, (3, 0, 0)), slats.inputs["Vector"])
    steps = ramp(material, slats.outputs["Fac"], (0, 0, 0), (1, 1, 1), at=(0.02, 0.10))
    add_bump(material, shader, steps, 0.7, 0.0015)
    return material


def _coated_belt(rng):
    """Smooth cloth with a coat of plastic, worn along the lane."""
    colour = linear(BELT_COLOURS["coated"][rng.integers(3)])
    material, shader = make_material("coated", colour, 0.3)
    _stained(material, shader, rng, colour, 0.3, 25)
    weave = add_noise(material, 900, stretch=(1, 6, 1), detail=1)
    add_bump(material, shader, weave, 0.25, 0.0005)
    return material


BELTS = {
    "rubber": _rubber_belt,
    "links": _links_belt,
    "steel": _steel_belt,
    "coated": _coated_belt,
}
BELT_LOW, BELT_HIGH = (-1.6, -0.082, -0.012), (1.6, 0.150, 0)


def add_belt(rng, kind):
    """Add what carries the pots, one of BELTS or "rollers"; returns what moves, or None."""
    if kind == "rollers":
        return _add_rollers(rng)
    return _add_box("belt", BELT_LOW, BELT_HIGH, BELTS[kind](rng))


def _add_rollers(rng):
    """Steel or plastic tubes across the lane, over a dark pit; they turn in place."""
    plastic, _ = make_material("plastic", linear(PAINTS[rng.choice([0, 1, 2, 6])]), 0.35)
    skin = _steel(rng, 0.22) if rng.random() < 0.6 else plastic
    radius, step = rng.uniform(0.009, 0.013), 0.028
    near, far = BELT_LOW[1] + 0.004, BELT_HIGH[1] - 0.004
    first = _add_tube("roller", (-0.9, near, -radius), (-0.9, far, -radius), radius, skin)
    for number in range(1, 65):
        other = first.copy()  # Shares the mesh: sixty of its own would take a second.
        other.location.x += number * step
        bpy.context.scene.collection.objects.link(other)
    pit, _ = make_material("pit", (0.02, 0.02, 0.02), 0.7)
    _add_box("pit", (-1.6, near, -0.09), (1.6, far, -0.07), pit)


def add_spills(rng, reach):
    """Now and then, spill some yoghurt in front of the pots; reach in metres as in add_rails."""
    if rng.random() > 0.15:
        return
    white, _ = make_material("spill", linear((0.96, 0.94, 0.90)), 0.15)
    start = rng.uniform(-0.06, 0.06)
    for _ in range(int(rng.integers(3, 10))):
        place = (start + rng.normal(0, 0.014), -reach + rng.uniform(-0.010, 0.014), 0.0002)
        bpy.ops.mesh.primitive_uv_sphere_add(segments=24, ring_count=12, location=place)
        drop = bpy.context.object
        drop.name = "spill"
        size = rng.uniform(0.002, 0.014)
        drop.scale = (size * rng.uniform(0.8, 2.0), size, min(size * 0.3, 0.0016))
        bpy.ops.object.shade_smooth()
        drop.data.materials.append(white)


def add_rails(rng, reach):
    """Add side rails behind and low in front of the pots, with brackets, and the frame.

    Args:
        rng: numpy random generator.
        reach: Half the room the pots need across the belt, in metres.
    """
    plastic, _ = make_material("guide", linear(PAINTS[rng.choice([0, 2, 3, 6])]), 0.4)
    bar = _steel(rng, 0.24) if rng.random() < 0.6 else plastic
    radius = rng.uniform(0.004, 0.0065)
    back, front = max(reach + 0.014, 0.055), -reach - 0.016
    heights = (0.022, 0.056) if rng.random() < 0.6 else (rng.uniform(0.03, 0.045),)
    for height in heights:
        _add_tube("rail", (-1.6, back, height), (1.6, back, height), radius, bar)
    _add_tube("rail", (-1.6, front, 0.008), (1.6, front, 0.008), radius * 0.8, bar)
    bracket = _steel(rng)
    shift = rng.uniform(0, 0.22)
    for x in np.arange(-1.5, 1.5, 0.22) + shift:
        _add_box("bracket", (x, back + 0.006, -0.02), (x + 0.016, back + 0.010, 0.075), bracket)
    _add_frame(rng)


def _add_frame(rng):
    side = (
        _steel(rng)
        if rng.random() < 0.7
        else make_material("paint", linear(PAINTS[rng.integers(len(PAINTS))]), 0.4)[0]
    )
    for near, far in ((-0.094, -0.084), (0.152, 0.164)):
        _add_box("frame", (-1.6, near, -0.10), (1.6, far, -0.004), side)


def _painted(rng):
    colour = linear(PAINTS[rng.choice(len(PAINTS), p=(0.3, 0.22, 0.12, 0.08, 0.08, 0.06, 0.14))])
    return make_material("paint", colour, rng.uniform(0.25, 0.6))[0]


def _add_lamp(place, size, colour, strength):
    material, shader = make_material("lamp", (0, 0, 0))
    shader.inputs["Emission Color"].default_value = (*colour, 1)
    shader.inputs["Emission Strength"].default_value = strength
    half = np.array(size) / 2
    _add_box("lamp", np.array(place) - half, np.array(place) + half, material)


def _add_machine(rng, x, y):
    """One cabinet of steel or painted sheet with a dark window, a panel and a signal lamp."""
    width, depth, top = rng.uniform(0.25, 0.8), rng.uniform(0.2, 0.5), rng.uniform(0.15, 1.1)
    skin = _steel(rng, 0.4) if rng.random() < 0.5 else _painted(rng)
    _add_box("machine", (x, y, -0.9), (x + width, y + depth, top), skin)
    window, _ = make_material("window", (0.02, 0.025, 0.03), 0.12)
    low = rng.uniform(-0.2, 0.1)
    _add_box(
        "window",
        (x + 0.15 * width, y - 0.005, low),
        (x + rng.uniform(0.4, 0.85) * width, y, low + rng.uniform(0.1, 0.3)),
        window,
    )
    if rng.random() < 0.6:
        colour = ((0.05, 0.9, 0.15), (1, 0.1, 0.05), (1, 0.6, 0.05))[rng.integers(3)]
        spot = (x + rng.uniform(0.1, 0.9) * width, y - 0.01, rng.uniform(-0.05, 0.25))
        _add_lamp(spot, (0.02, 0.01, 0.02), colour, rng.uniform(2, 8))


def add_factory(rng):
    """Add wall, floor, machines, pipes and lamps behind the lane; the camera blurs them."""
    wall = linear(
        (
            (0.86, 0.87, 0.86),
            (0.74, 0.78, 0.80),
            (0.80, 0.76, 0.68),
            (0.55, 0.60, 0.62),
            (0.36, 0.40, 0.43),
        )[rng.integers(5)]
    )
    _add_box("wall", (-5, 2.6, -0.9), (5, 2.7, 2.6), make_material("wall", wall, 0.6)[0])
    floor = make_material("floor", linear((0.42, 0.43, 0.42)), 0.25)[0]
    _add_box("floor", (-5, -2, -0.95), (5, 2.6, -0.9), floor)
    for x in np.arange(-2.0, 2.0, 0.55):
        if rng.random() < 0.8:
            _add_machine(rng, x + rng.uniform(-0.2, 0.2), rng.uniform(0.55, 1.8))
    for _ in range(int(rng.integers(2, 6))):
        x, y = rng.uniform(-1.2, 1.2), rng.uniform(0.4, 1.6)
        _add_tube("pipe", (x, y, -0.9), (x, y, 2), rng.uniform(0.012, 0.05), _steel(rng))
    for _ in range(int(rng.integers(0, 3))):
        y, z = rng.uniform(0.5, 1.8), rng.uniform(-0.3, 0.5)
        pipe = _painted(rng) if rng.random() < 0.5 else _steel(rng)
        _add_tube("pipe", (-2.5, y, z), (2.5, y, z), rng.uniform(0.012, 0.04), pipe)
    for _ in range(int(rng.integers(0, 3))):
        place = (rng.uniform(-1.5, 1.5), rng.uniform(1.2, 2.5), rng.uniform(0.25, 0.9))
        _add_lamp(place, (rng.uniform(0.3, 1.0), 0.05, 0.05), (1, 0.97, 0.9), 7)
