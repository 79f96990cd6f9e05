"""Light, camera and sensor: how the lane gets into a photo."""

from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector
from PIL import Image, ImageFilter

LABEL_FRONT = 0.028  # Metres from the pot's middle to the label's front, about.
FULL_SIZE = 224  # Pixels of a side at which the sensor's noise is meant.
ROOMS = ("interior.exr", "studio.exr", "city.exr", "courtyard.exr")


@dataclass(frozen=True)
class Conditions:
    """Light, camera and belts of one shift; a pair of numbers is a range to draw from.

    Lengths in metres, angles in degrees, powers in watts, lens in mm of a 24 mm sensor, exposure
    in stops (mean and deviation), motion in metres that the belt moves while the shutter is open.
    """

    kelvin: tuple
    tubes: tuple
    power: tuple
    side_lamp: float
    side_power: tuple
    room: tuple
    exposure: tuple
    dimmed: float
    lens: tuple
    rise: tuple
    turn: float
    share: tuple
    moving: float
    motion: tuple
    noise: tuple
    softness: tuple
    quality: tuple
    belts: tuple


DAY = Conditions(
    kelvin=(3600, 7600),
    tubes=(1, 4),
    power=(5, 9),
    side_lamp=0.5,
    side_power=(2, 8),
    room=(0.2, 0.6),
    exposure=(0.2, 0.28),
    dimmed=0.06,
    lens=(38, 85),
    rise=(6, 21),
    turn=1.2,
    share=(0.56, 0.66),
    moving=0.25,
    motion=(0.0004, 0.0018),
    noise=(0.004, 0.018),
    softness=(0.0, 0.55),
    quality=(80, 91),
    belts=("rubber", "links", "steel", "rollers"),
)
# Sodium and mercury lamps, a wide lens from higher up, a long exposure, another belt.
NIGHT = Conditions(
    kelvin=(2200, 3000),
    tubes=(1, 2),
    power=(2.5, 5),
    side_lamp=0.8,
    side_power=(3, 9),
    room=(0.03, 0.12),
    exposure=(0.9, 0.35),
    dimmed=0.15,
    lens=(26, 36),
    rise=(20, 36),
    turn=2.5,
    share=(0.40, 0.52),
    moving=0.6,
    motion=(0.001, 0.004),
    noise=(0.02, 0.045),
    softness=(0.3, 0.9),
    quality=(62, 80),
    belts=("coated",),
)


def blackbody(kelvin):
    """Return the linear colour (red, green, blue) of a lamp, its green set to 1.

    Source: a fit by eye to Planck's law between 2,500 and 8,000 K.
    """
    warm = (6500 - kelvin) / 3500
    red, blue = np.clip(1 + 0.55 * warm, 0.7, 1.8), np.clip(1 - 0.62 * warm, 0.3, 1.4)
    return float(red), 1.0, float(blue)


def add_lights(rng, shift, rooms_dir):
    """Add tubes over the lane, sometimes a side lamp, and the room's light all around.

    Args:
        rng: numpy random generator.
        shift: The Conditions.
        rooms_dir: pathlib.Path of Blender's own room pictures (CC0).
    """
    kelvin = rng.uniform(*shift.kelvin)
    for number in range(int(rng.integers(*shift.tubes))):
        place = (rng.uniform(-0.5, 0.5), rng.uniform(-0.55, 0.25), rng.uniform(0.55, 1.0))
        size = (rng.uniform(0.5, 1.3), rng.uniform(0.05, 0.14))
        power = rng.uniform(*shift.power) / (1 + 0.6 * number)
        _add_area(place, (0, 0, 0.04), size, power, kelvin + rng.normal(0, 150))
    if rng.random() < shift.side_lamp:
        side = rng.choice([-1, 1]) * rng.uniform(0.6, 1.1)
        place = (side, rng.uniform(-1.0, -0.3), rng.uniform(0.2, 0.7))
        width = rng.uniform(0.06, 0.4)  # A small lamp gives glare and hard shadows.
        side_kelvin = kelvin * rng.uniform(0.8, 1.5)
        _add_area(place, (0, 0, 0.05), (width, width), rng.uniform(*shift.side_power), side_kelvin)
    room = rng.uniform(*shift.room)
    _add_factory_light(140 * room, kelvin)
    _add_room(rng, rooms_dir, room)


def _add_area(place, target, size, power, kelvin):
    lamp = bpy.data.lights.new("tube", "AREA")
    lamp.shape = "RECTANGLE"
    lamp.size, lamp.size_y = size
    lamp.energy = power
    lamp.color = blackbody(kelvin)
    item = bpy.data.objects.new("tube", lamp)
    item.location = place
    item.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(item)


def _add_factory_light(power, kelvin):
    _add_area((0, 0.9, 2.2), (0, 1.6, 0), (3, 0.6), power, kelvin)


def _add_room(rng, rooms_dir, strength):
    world = bpy.data.worlds.new("room")
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    picture = nodes.new("ShaderNodeTexEnvironment")
    picture.image = bpy.data.images.load(str(rooms_dir / rng.choice(ROOMS)), check_existing=True)
    source, mapping = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeMapping")
    mapping.inputs["Rotation"].default_value = (0, 0, rng.uniform(0, 2 * np.pi))
    links.new(source.outputs["Generated"], mapping.inputs["Vector"])
    links.new(mapping.outputs["Vector"], picture.inputs["Vector"])
    # The rooms' own tint would otherwise colour whole pictures.
    grey = nodes.new("ShaderNodeHueSaturation")
    grey.inputs["Saturation"].default_value = 0.5
    links.new(picture.outputs["Color"], grey.inputs["Color"])
    links.new(grey.outputs["Color"], nodes["Background"].inputs["Color"])
    # A coarse map of where the room is bright: a fine one costs seconds for each picture.
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = 128
    nodes["Background"].inputs["Strength"].default_value = strength


def move_belt(rng, shift, items):
    """Sometimes let things move along the lane while the shutter is open.

    Args:
        rng: numpy random generator.
        shift: The Conditions.
        items: bpy objects; at frame 1 they are where they are now.
    """
    if rng.random() > shift.moving:
        return
    way = rng.uniform(*shift.motion)
    scene = bpy.context.scene
    scene.render.use_motion_blur = True
    scene.render.motion_blur_shutter = 1.0
    bpy.context.preferences.edit.keyframe_new_interpolation_type = "LINEAR"
    for item in items:
        middle = item.location.x
        for frame in (0, 2):
            item.location.x = middle + (frame - 1) * way
            item.keyframe_insert("location", index=0, frame=frame)
    scene.frame_set(1)


def add_camera(rng, shift, target_height, label_height, label_share, yaw):
    """Add a camera in front of the pot that stands at the origin.

    Args:
        rng: numpy random generator.
        shift: The Conditions.
        target_height: Height of the label's middle in metres.
        label_height: Height of the label in metres.
        label_share: Share of the picture's height that the label is to fill.
        yaw: Angle in radians of the camera's place around the pot; 0 is square to the lane.

    Returns:
        bpy camera object.
    """
    data = bpy.data.cameras.new("camera")
    data.lens = rng.uniform(*shift.lens)
    data.sensor_fit = "VERTICAL"
    data.sensor_width = data.sensor_height = 24
    distance = label_height / label_share * data.lens / 24
    rise = np.radians(rng.uniform(*shift.rise))
    away = Vector((np.sin(yaw) * np.cos(rise), -np.cos(yaw) * np.cos(rise), np.sin(rise)))
    miss = Vector((rng.normal(0, 0.004), 0, rng.normal(0.002, 0.004)))
    target = Vector((0, 0, target_height)) + miss
    camera = bpy.data.objects.new("camera", data)
    camera.location = target + away * (distance + LABEL_FRONT)
    camera.rotation_euler = (target - camera.location).to_track_quat("-Z", "Y").to_euler()
    camera.rotation_euler.rotate_axis("Z", np.radians(rng.normal(0, shift.turn)))
    data.dof.use_dof = True
    data.dof.focus_distance = distance + rng.normal(0, 0.004)
    data.dof.aperture_fstop = rng.uniform(4.5, 11)
    data.clip_start = 0.01
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    return camera


@dataclass(frozen=True)
class Sensor:
    """What the camera does to the light after the lens."""

    noise: float
    grain: float
    balance: tuple
    vignette: float
    softness: float
    sharpening: int
    quality: int

    @classmethod
    def draw(cls, rng, shift):
        """Draw a cheap camera with its setting, under some Conditions."""
        balance = (rng.normal(1, 0.03), 1.0, rng.normal(1, 0.04))
        return cls(
            noise=rng.uniform(*shift.noise),
            grain=rng.uniform(0.4, 0.9),
            balance=balance,
            vignette=rng.uniform(0.0, 0.22),
            softness=rng.uniform(*shift.softness),
            sharpening=int(rng.integers(0, 70)),
            quality=int(rng.integers(*shift.quality)),
        )

    def expose(self, image, rng):
        """Return the picture as this sensor would give it; PIL RGB in and out."""
        image = image.filter(ImageFilter.GaussianBlur(self.softness))
        pixels = np.asarray(image, np.float32) / 255 * np.array(self.balance, np.float32)
        height, width = pixels.shape[:2]
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        pixels = pixels * (1 - self.vignette * (x * x + y * y) / 2)[..., None]
        light = np.sqrt(np.clip(pixels, 0.02, 1))
        fine = rng.normal(0, 1, pixels.shape)
        coarse = rng.normal(0, 1, (height // 2, width // 2, 3)).repeat(2, 0).repeat(2, 1)
        noise = self.grain * fine + (1 - self.grain) * coarse[:height, :width]
        # A small picture is a larger one shrunk, which averages the noise.
        strength = self.noise * min(1, width / FULL_SIZE)
        pixels = pixels + strength * noise * (0.6 + light)
        image = Image.fromarray((np.clip(pixels, 0, 1) * 255).round().astype(np.uint8))
        return image.filter(ImageFilter.UnsharpMask(1.2, self.sharpening, 2))
