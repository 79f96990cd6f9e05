"""Surfaces: short ways to build Blender materials from numbers and pictures."""

import bpy


def make_material(name, colour=(0.8, 0.8, 0.8), roughness=0.5, metallic=0.0, coat=0.0):
    """Make a plain material; colour is linear (red, green, blue). Returns (material, shader)."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Metallic"].default_value = metallic
    shader.inputs["Coat Weight"].default_value = coat
    shader.inputs["Coat Roughness"].default_value = 0.12
    return material, shader


def linear(colour):
    """Turn a screen colour (sRGB, 0 to 1) into the linear one that the renderer wants."""
    return tuple(((c + 0.055) / 1.055) ** 2.4 if c > 0.04 else c / 12.92 for c in colour)


def add_node(material, kind, **values):
    """Add a node; `values` set inputs by name (underscores stand for spaces) or attributes."""
    node = material.node_tree.nodes.new(kind)
    for name, value in values.items():
        socket = node.inputs.get(name.replace("_", " "))
        if socket is not None and not hasattr(type(node), name):
            socket.default_value = value
        else:
            setattr(node, name, value)
    return node


def link(material, output, target):
    """Connect two sockets of one material."""
    material.node_tree.links.new(output, target)


def add_picture(material, shader, path):
    """Print a picture file on the material by its UV coordinates; returns its colour socket."""
    node = add_node(material, "ShaderNodeTexImage")
    node.image = bpy.data.images.load(str(path), check_existing=True)
    node.extension = "EXTEND"
    link(material, node.outputs["Color"], shader.inputs["Base Color"])
    return node.outputs["Color"]


def coordinates(material, stretch=(1, 1, 1), offset=(0, 0, 0)):
    """Return object coordinates (metres) stretched along the axes and moved, as a socket."""
    source = add_node(material, "ShaderNodeTexCoord")
    mapping = add_node(material, "ShaderNodeMapping", Scale=stretch, Location=offset)
    link(material, source.outputs["Object"], mapping.inputs["Vector"])
    return mapping.outputs["Vector"]


def add_bump(material, shader, height, strength, distance=0.001):
    """Roughen the surface by a height socket, on top of earlier bumps; distance in metres."""
    bump = add_node(material, "ShaderNodeBump", Strength=strength, Distance=distance)
    for earlier in shader.inputs["Normal"].links:
        link(material, earlier.from_socket, bump.inputs["Normal"])
    link(material, height, bump.inputs["Height"])
    link(material, bump.outputs["Normal"], shader.inputs["Normal"])


def add_noise(material, scale, stretch=(1, 1, 1), offset=(0, 0, 0), detail=4.0):
    """Return a cloudy value in [0, 1] as a socket; scale is in clouds for each metre."""
    noise = add_node(material, "ShaderNodeTexNoise", Scale=scale, Detail=detail)
    link(material, coordinates(material, stretch, offset), noise.inputs["Vector"])
    return noise.outputs["Fac"]


def ramp(material, value, low, high, at=(0.3, 0.7)):
    """Map a value socket to colours (or greys) between two linear colours; returns a socket."""
    node = add_node(material, "ShaderNodeValToRGB")
    for element, colour, position in zip(node.color_ramp.elements, (low, high), at, strict=True):
        element.color = (*colour, 1)
        element.position = position
    link(material, value, node.inputs["Fac"])
    return node.outputs["Color"]
