"""Pots: tapered bodies with a printed label, a rim and a foil lid. Lengths in metres."""

import os

import bpy
import numpy as np
from labels import draw_label, draw_lid
from materials import add_bump, add_noise, add_picture, linear, make_material

AROUND = 96
MM = 0.001

# Radius and height in mm from the foot to the rim; the label lies between the two marked rows.
PROFILES = {
    "tapered": {
        "body": [(26, 0), (27.2, 1.2), (27.4, 5)],
        "label": [(28.0, 7), (33.8, 71)],
        "neck": [(33.9, 73.5), (35.2, 75.5), (35.4, 78), (38.6, 78.6)],
        "top": 80,
    },
    "tall": {
        "body": [(23, 0), (24.4, 1.4), (24.6, 6)],
        "label": [(25.2, 8), (31.0, 80)],
        "neck": [(31.0, 83), (32.4, 85), (32.6, 88), (35.6, 88.6)],
        "top": 90,
    },
    "barrel": {
        "body": [(27, 0), (29.0, 1.6), (30.0, 6)],
        "label": [(31.0, 8), (33.6, 20), (34.8, 33), (34.6, 47), (33.4, 60)],
        "neck": [(32.6, 63), (33.6, 65), (33.8, 68), (37.4, 68.6)],
        "top": 70,
    },
    "squat": {
        "body": [(33, 0), (34.6, 1.4), (34.8, 5)],
        "label": [(35.5, 7), (41.0, 54)],
        "neck": [(41.0, 56.5), (42.4, 58.5), (42.6, 61), (45.8, 61.6)],
        "top": 63,
    },
    "square": {
        "body": [(26, 0), (27.4, 1.4), (27.8, 5)],
        "label": [(28.4, 7), (31.4, 63)],
        "neck": [(31.5, 65.5), (32.6, 67.5), (32.8, 70), (35.4, 70.6)],
        "top": 72,
    },
    "pail": {
        "body": [(40, 0), (42.0, 1.6), (42.4, 6)],
        "label": [(43.0, 9), (47.6, 84)],
        "neck": [(47.7, 87), (49.6, 89), (49.8, 95), (52.4, 95.6)],
        "top": 97,
    },
}
CORNER = 2**0.25  # How much farther than its sides the corners of a square pot reach.
DENTED, LIDLESS = 0.10, 0.03  # How often.


def _section(shape, angles):
    """Return the outline seen from above as a share of the radius: round, or a rounded square."""
    if shape != "square":
        return np.ones_like(angles)
    return (np.cos(angles) ** 4 + np.sin(angles) ** 4) ** -0.25


def label_aspect(shape):
    """Return the length of the print around the pot divided by its height."""
    rows = PROFILES[shape]["label"]
    radius = sum(row[0] for row in rows) / len(rows)
    return 2 * np.pi * radius / (rows[-1][1] - rows[0][1])


def rim_radius(shape):
    """Return the radius of the widest part in metres."""
    radius = (PROFILES[shape]["neck"][-1][0] + 1.2) * MM
    return radius * CORNER if shape == "square" else radius


def label_middle(shape):
    """Return the height of the middle of the label in metres."""
    rows = PROFILES[shape]["label"]
    return (rows[0][1] + rows[-1][1]) / 2 * MM


def _turned_mesh(name, radii, heights, materials, uv_of):
    """Build a mesh by turning rows of points around the z axis.

    Args:
        name: Name of the mesh.
        radii, heights: (rows, AROUND) in metres.
        materials: For each strip between two rows the number of its material.
        uv_of: Function (row, step) -> (u, v); step runs from 0 to AROUND.
    """
    angles = np.arange(AROUND) * 2 * np.pi / AROUND
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles), heights], -1)
    places = [(row, step) for row in range(len(radii) - 1) for step in range(AROUND)]
    corners = [
        [(row, step), (row, step + 1), (row + 1, step + 1), (row + 1, step)]
        for row, step in places
    ]
    faces = [[row * AROUND + step % AROUND for row, step in face] for face in corners]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points.reshape(-1, 3).tolist(), [], faces)
    prints = [uv_of(row, step) for face in corners for row, step in face]
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", np.ravel(prints))
    mesh.polygons.foreach_set("material_index", [materials[row] for row, _ in places])
    mesh.polygons.foreach_set("use_smooth", [True] * len(faces))
    mesh.update()
    return mesh


def _curved_rows(rows, count=14):
    """Put `count` smooth rows through the given (radius, height) rows."""
    heights = np.linspace(rows[0][1], rows[-1][1], count)
    known = np.array(rows, float)
    degree = min(3, len(rows) - 1)
    radii = np.polyval(np.polyfit(known[:, 1], known[:, 0], degree), heights)
    return list(zip(radii.tolist(), heights.tolist(), strict=True))


def _body_mesh(shape, rng, bare):
    """Build the body; `bare` leaves the printed part plain, for a sleeve around it."""
    profile = PROFILES[shape]
    printed = _curved_rows(profile["label"])
    thick = 0.25
    bottom = [(0.1, 1.5), (profile["body"][0][0] - 3, 1.5), *profile["body"]]
    lower_edge = [(printed[0][0] - thick, printed[0][1])]
    upper_edge = [(printed[-1][0] - thick, printed[-1][1])]
    rows = bottom + lower_edge + printed + upper_edge + profile["neck"]
    rows.append((rows[-1][0], profile["top"] - 0.3))
    first = len(bottom) + 1
    last = first + len(printed) - 1
    slots = [int(first <= row < last and not bare) for row in range(len(rows) - 1)]
    radii, heights = _turned_rows(rows, shape)
    if not bare and rng.random() < DENTED:
        radii = _dented(radii, heights, printed, rng)
    return _turned_mesh(f"body_{shape}", radii, heights, slots, _wrapped_print(first, last))


def _turned_rows(rows, shape):
    """Turn (radius, height) rows in mm into radii and heights (rows, AROUND) in metres."""
    table = np.array(rows) * MM
    angles = np.arange(AROUND) * 2 * np.pi / AROUND
    radii = table[:, :1] * _section(shape, angles)
    return radii, np.repeat(table[:, 1:], AROUND, 1)


def _wrapped_print(first, last):
    """Return the (row, step) -> (u, v) of a print around the rows from first to last."""
    return lambda row, step: (step / AROUND, min(1.0, max(0.0, (row - first) / (last - first))))


def _dented(radii, heights, printed, rng):
    """Push the wall in at one place, as a rail or another pot does."""
    angles = np.arange(AROUND) * 2 * np.pi / AROUND
    apart = (angles - rng.uniform(0, 2 * np.pi) + np.pi) % (2 * np.pi) - np.pi
    low, high = printed[0][1] * MM, printed[-1][1] * MM
    away = (heights - rng.uniform(low, high)) / (rng.uniform(0.15, 0.35) * (high - low))
    return radii - rng.uniform(2, 5) * MM * np.exp(-((apart / 0.28) ** 2) - away**2)


def _sleeve_mesh(shape):
    """Build a straight cardboard sleeve around the printed part, with its glued seam."""
    rows = _curved_rows(PROFILES[shape]["label"])
    straight = np.linspace(rows[0][0], rows[-1][0], len(rows))
    bulge = max(row[0] - radius for row, radius in zip(rows, straight, strict=True))
    outer = [(radius + bulge + 0.9, row[1]) for row, radius in zip(rows, straight, strict=True)]
    edges = [(outer[0][0] - 0.6, outer[0][1]), (outer[-1][0] - 0.6, outer[-1][1])]
    radii, heights = _turned_rows([edges[0], *outer, edges[1]], shape)
    radii[1:-1, : AROUND // 24] += 0.5 * MM
    slots = [0, *[1] * (len(outer) - 1), 0]
    return _turned_mesh("sleeve", radii, heights, slots, _wrapped_print(1, len(outer)))


def _filling_mesh(shape, rng):
    """Build what a missing lid shows: the inside of the rim and the yoghurt."""
    neck, top = PROFILES[shape]["neck"], PROFILES[shape]["top"]
    inner, level = neck[-2][0] - 0.4, top - rng.uniform(5, 7)
    rings = [(neck[-1][0], top - 0.25), (inner, top - 0.4), (inner - 0.5, level)]
    rings += [(inner * share, level) for share in (0.8, 0.55, 0.3, 0.004)]
    radii, heights = _turned_rows(rings, shape)
    heights[3:] += rng.normal(0, 0.5, heights[3:].shape) * MM
    return _turned_mesh("filling", radii, heights, [0, 0, 1, 1, 1, 1], lambda row, step: (0, 0))


def _lid_top(top, rim, sag, rng):
    """Return [(radii, heights)] in mm of the rings of the lid's top, from the middle outwards."""
    rings = []
    for share in (0.004, 0.25, 0.5, 0.7, 0.82, 0.88, 0.93, 0.98):
        ridge = 0.35 * (0.82 < share < 0.92)
        wobble = rng.normal(0, 0.12, AROUND) * (share < 0.9)
        heights = top + sag * (1 - share**2) + ridge + np.convolve(wobble, [0.3] * 3, "same")
        rings.append((np.full(AROUND, rim * share), heights))
    rings.append((np.full(AROUND, rim + 0.9), np.full(AROUND, top - 0.2)))
    return rings


def _lid_mesh(shape, rng):
    """Build the foil: flat top, crimped skirt, and a tab that sticks out and bends down."""
    top = PROFILES[shape]["top"]
    rim = PROFILES[shape]["neck"][-1][0]
    angles = np.arange(AROUND) * 2 * np.pi / AROUND
    apart = (angles - rng.uniform(0, 2 * np.pi) + np.pi) % (2 * np.pi) - np.pi
    tab = np.clip(1.35 - np.abs(apart) / 0.20, 0, 1) ** 0.6
    crimp = 0.30 * np.sin(24 * angles + rng.uniform(0, 6)) + rng.normal(0, 0.10, AROUND)
    reach, fall = rng.uniform(7, 10), rng.uniform(0.5, 5.0)
    rings = _lid_top(top, rim, rng.uniform(-0.8, 0.9), rng)
    lift = (1.3 - 0.15 * fall) * tab
    rings.append((rim + 1.3 + 0.4 * crimp + reach * 0.5 * tab, top - 1.6 + lift))
    lift = 0.3 * crimp + (3.0 - fall) * tab
    rings.append((rim + 1.2 + crimp + reach * tab, top - 3.4 + lift))
    radii = np.array([ring[0] for ring in rings]) * _section(shape, angles) * MM
    heights = np.array([ring[1] for ring in rings]) * MM
    return _turned_mesh("lid", radii, heights, [0] * (len(rings) - 1), _flat_print(radii))


def _flat_print(radii):
    """Return the (row, step) -> (u, v) that lays a square print flat on the lid."""
    outer = np.median(radii[-3]) + 4 * MM

    def uv_of(row, step):
        share = min(1.0, radii[row, step % AROUND] / outer) / 2
        angle = 2 * np.pi * step / AROUND
        return 0.5 + share * np.cos(angle), 0.5 + share * np.sin(angle)

    return uv_of


class PotMaker:
    """Makes pots of the designs; prints are drawn once and kept in a folder.

    Args:
        prints_dir: pathlib.Path of a folder for the printed pictures.
        fonts_dir: pathlib.Path of Blender's fonts.
    """

    def __init__(self, prints_dir, fonts_dir):
        self.prints_dir = prints_dir
        self.fonts_dir = fonts_dir

    def _print(self, design, kind):
        path = self.prints_dir / f"{design.key}_{kind}.png"
        if not path.exists():
            if kind == "lid":
                picture = draw_lid(design, self.fonts_dir)
            else:
                aspect = label_aspect(design.brand.shape)
                picture = draw_label(design, aspect, self.fonts_dir)
            part = path.with_suffix(f".{os.getpid()}.part")  # Other workers may draw it too.
            picture.save(part, "PNG", compress_level=1)
            part.replace(path)
        return path

    def _label_material(self, design, rng):
        rough = 0.62 if design.brand.sleeve else rng.uniform(0.26, 0.42)
        coat = 0.0 if design.brand.sleeve else 0.25
        material, shader = make_material("label", roughness=rough, coat=coat)
        add_picture(material, shader, self._print(design, "label"))
        creases = add_noise(material, 45, offset=tuple(rng.uniform(0, 9, 3)), detail=2)
        add_bump(material, shader, creases, 0.22, 0.002)
        return material

    def _lid_material(self, design, rng):
        material, shader = make_material("foil", roughness=rng.uniform(0.24, 0.36), metallic=0.75)
        lettering = add_picture(material, shader, self._print(design, "lid"))
        bumps = add_noise(material, 260, offset=tuple(rng.uniform(0, 9, 3)), detail=3)
        add_bump(material, shader, bumps, 0.35, 0.0012)
        add_bump(material, shader, lettering, 0.5, 0.0004)  # The print is embossed.
        return material

    def make(self, design, place, turn, rng):
        """Put one pot into the scene.

        Args:
            design: A designs.Design.
            place: (x, y) on the belt in metres.
            turn: Angle in radians of the middle of the front, counted from the x axis.
            rng: numpy random generator for creases, dents, lid and tab.

        Returns:
            bpy object of the body; lid and sleeve are its children.
        """
        shape, sleeve = design.brand.shape, design.brand.sleeve
        plastic, shader = make_material("plastic", linear(design.brand.plastic), 0.34)
        shader.inputs["Specular IOR Level"].default_value = 0.4
        label = self._label_material(design, rng)
        mesh = _body_mesh(shape, rng, bare=sleeve)
        body = _new_object(f"pot_{design.key}", mesh, (plastic, label))
        if sleeve:
            board, _ = make_material("board", linear((0.66, 0.58, 0.47)), 0.8)
            _new_object("sleeve", _sleeve_mesh(shape), (board, label), body)
        if rng.random() < LIDLESS:
            yoghurt, _ = make_material("yoghurt", linear((0.97, 0.95, 0.91)), 0.2)
            _new_object("filling", _filling_mesh(shape, rng), (plastic, yoghurt), body)
        else:
            lid = _new_object(
                "lid", _lid_mesh(shape, rng), (self._lid_material(design, rng),), body
            )
            lid.rotation_euler.z = np.pi / 2 * rng.integers(4)
        body.location = (*place, 0)
        # The middle of the front is a quarter of the way round the print.
        body.rotation_euler.z = turn - np.pi / 2
        return body


def _new_object(name, mesh, materials, parent=None):
    """Put a mesh into the scene."""
    item = bpy.data.objects.new(name, mesh)
    for material in materials:
        item.data.materials.append(material)
    item.parent = parent
    bpy.context.scene.collection.objects.link(item)
    return item
