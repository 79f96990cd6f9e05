"""Boxes around the pots, from the scene, as Pascal VOC XML in the way labelImg writes it."""

from dataclasses import dataclass
from xml.etree import ElementTree

import bpy
import numpy as np
from mathutils import Vector


@dataclass(frozen=True)
class Box:
    """One pot in the picture; pixel numbers count from 1, as in Pascal VOC."""

    name: str
    xmin: int
    ymin: int
    xmax: int
    ymax: int
    truncated: int
    difficult: int


def _pot_parts(pot):
    return (pot, *pot.children)


def _outline_in_picture(pot, camera):
    """Return all corners of a pot as shares of the picture (count, 2), y downward."""
    half_width, half_height, depth = _view(camera)
    to_camera = np.array(camera.matrix_world.inverted())
    outlines = []
    for part in _pot_parts(pot):
        corners = np.empty(3 * len(part.data.vertices))
        part.data.vertices.foreach_get("co", corners)
        corners = np.c_[corners.reshape(-1, 3), np.ones(len(corners) // 3)]
        x, y, z, _ = to_camera @ np.array(part.matrix_world) @ corners.T
        scale = depth / z
        outlines.append(np.c_[0.5 + x * scale / half_width / 2, 0.5 - y * scale / half_height / 2])
    return np.concatenate(outlines)


def _view(camera):
    """Return half the width and half the height of the view at its depth; the depth is below 0."""
    frame = camera.data.view_frame(scene=bpy.context.scene)
    return max(c.x for c in frame), max(c.y for c in frame), frame[0].z


def _ray(camera, x, y):
    """Return (start, direction) of the ray through a point of the picture, y downward."""
    half_width, half_height, depth = _view(camera)
    local = Vector(((2 * x - 1) * half_width, (1 - 2 * y) * half_height, depth))
    world = camera.matrix_world
    return world.translation, (world.to_3x3() @ local).normalized()


def _hit(graph, camera, x, y):
    start, direction = _ray(camera, x, y)
    found, *_, item, _ = bpy.context.scene.ray_cast(graph, start, direction)
    if not found:
        return None
    return (item.parent or item).name


def _hits_pot(pot, camera, x, y):
    start, direction = _ray(camera, x, y)
    for part in _pot_parts(pot):
        back = part.matrix_world.inverted()
        if part.ray_cast(back @ start, (back.to_3x3() @ direction).normalized())[0]:
            return True
    return False


def _shares_seen(pot, outline, camera, graph):
    """Return which shares of the pot are in front of everything and inside the picture.

    Returns:
        (seen, in_front): seen counts what lies outside the picture as not seen; in_front looks
        only at the part inside.
    """
    low, high = outline.min(0), outline.max(0)
    own = inside = front = 0
    for x in np.linspace(low[0], high[0], 22):
        for y in np.linspace(low[1], high[1], 22):
            if not _hits_pot(pot, camera, x, y):
                continue
            own += 1
            if 0 <= x <= 1 and 0 <= y <= 1:
                inside += 1
                front += _hit(graph, camera, x, y) == pot.name
    return front / max(own, 1), front / max(inside, 1)


def find_boxes(pots, camera, size, least_seen=0.05):
    """Find the box of every pot that can be seen.

    Args:
        pots: List of (bpy object, flavour).
        camera: bpy camera object.
        size: (width, height) in pixels.
        least_seen: Pots of which a smaller share is seen are left out.

    Returns:
        List of Box; difficult is 1 where more than half of the pot's part inside the picture
        is hidden, or less than a quarter of the pot lies inside.
    """
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    boxes = []
    for pot, flavour in pots:
        outline = _outline_in_picture(pot, camera)
        if (outline.min(0) > 1).any() or (outline.max(0) < 0).any():
            continue
        seen, in_front = _shares_seen(pot, outline, camera, graph)
        if seen < least_seen:
            continue
        hard = int(in_front < 0.5 or seen < 0.25)
        boxes.append(_to_box(outline, flavour, size, hard))
    return boxes


def _to_box(outline, flavour, size, difficult):
    low, high = outline.min(0) * size, outline.max(0) * size
    truncated = int((low < -0.5).any() or (high > np.array(size) + 0.5).any())
    xmin, ymin = (int(v) for v in np.maximum(np.floor(low) + 1, 1))
    xmax, ymax = (int(v) for v in np.minimum(np.ceil(high), size))
    return Box(flavour, xmin, ymin, xmax, ymax, truncated, difficult)


def write_voc(path, folder, filename, size, boxes):
    """Write the boxes of one picture as labelImg does.

    Args:
        path: pathlib.Path of the XML file.
        folder: Name of the folder that holds the picture.
        filename: Name of the picture.
        size: (width, height) in pixels.
        boxes: List of Box.
    """
    root = ElementTree.Element("annotation")
    for tag, text in (("folder", folder), ("filename", filename), ("path", filename)):
        ElementTree.SubElement(root, tag).text = text
    ElementTree.SubElement(ElementTree.SubElement(root, "source"), "database").text = "Unknown"
    shape = ElementTree.SubElement(root, "size")
    for tag, value in zip(("width", "height", "depth"), (*size, 3), strict=True):
        ElementTree.SubElement(shape, tag).text = str(value)
    ElementTree.SubElement(root, "segmented").text = "0"
    for box in boxes:
        _append_object(root, box)
    ElementTree.indent(root, "\t")
    path.write_text(ElementTree.tostring(root, "unicode") + "\n", encoding="utf-8")


def _append_object(root, box):
    item = ElementTree.SubElement(root, "object")
    fields = (
        ("name", box.name),
        ("pose", "Unspecified"),
        ("truncated", box.truncated),
        ("difficult", box.difficult),
    )
    for tag, value in fields:
        ElementTree.SubElement(item, tag).text = str(value)
    bounds = ElementTree.SubElement(item, "bndbox")
    for tag in ("xmin", "ymin", "xmax", "ymax"):
        ElementTree.SubElement(bounds, tag).text = str(getattr(box, tag))
