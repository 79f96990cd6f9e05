"""One picture: which pots stand where, on which belt, in which light. Drawn from one seed."""

from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from annotations import find_boxes
from camera import DAY, NIGHT, Conditions, Sensor, add_camera, add_lights, move_belt
from designs import designs_of
from flavours import FLAVOURS
from lane import add_belt, add_factory, add_rails, add_spills
from PIL import Image
from pots import PROFILES, PotMaker, label_middle, rim_radius

SAME_BRAND = 0.75  # How often a neighbour is of the same brand as the pot in the middle.


@dataclass(frozen=True)
class Split:
    """One set of pictures.

    designs is "train" or "test": the brands that may be seen. size is the width and height in
    pixels.
    """

    designs: str
    shift: Conditions
    size: int = 224


# A picture is drawn from its split's place in this list: add new ones at the end.
SPLITS = {
    "train": Split("train", DAY),
    "test": Split("test", DAY),
    "test_night": Split("test", NIGHT),
    "large": Split("train", DAY, size=128),
    "validation_night": Split(
        "train", NIGHT
    ),  # Not published: to choose by, in place of the test.
}


def blender_files():
    """Return pathlib.Path of the data that comes with Blender."""
    return Path(bpy.utils.resource_path("LOCAL")) / "datafiles"


class Photographer:
    """Builds and photographs scenes of one split.

    Args:
        split: A name in SPLITS.
        prints_dir: pathlib.Path of a folder for labels and lids.
        samples: Light paths for each pixel.
        threads: Processor cores to render with.
    """

    def __init__(self, split, prints_dir, samples=20, threads=1):
        self.split = SPLITS[split]
        self.designs = designs_of(self.split.designs)
        self.brands = len(self.designs) // len(FLAVOURS)
        self.maker = PotMaker(prints_dir, blender_files() / "fonts")
        self.samples = samples
        self.threads = threads

    def take(self, flavour, brand, rng, raw_path):
        """Photograph one pot with its neighbours.

        Args:
            flavour: Flavour of the pot in the middle.
            brand: Number of its brand, counted within the split.
            rng: numpy random generator; everything else is drawn from it.
            raw_path: pathlib.Path for the renderer's own picture.

        Returns:
            (image, boxes, quality): PIL RGB, list of annotations.Box, JPEG quality.
        """
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._set_up_renderer(rng)
        yaw = rng.uniform(-0.34, 0.34)
        pots = self._place_pots(flavour, brand, yaw, rng)
        shape = self.designs[brand, flavour].brand.shape
        self._build_lane(pots, shape, rng)
        add_lights(rng, self.split.shift, blender_files() / "studiolights" / "world")
        camera = self._aim_camera(shape, yaw, rng)
        boxes = find_boxes(pots, camera, (self.split.size, self.split.size))
        bpy.context.scene.render.filepath = str(raw_path)
        bpy.ops.render.render(write_still=True)
        sensor = Sensor.draw(rng, self.split.shift)
        image = sensor.expose(Image.open(raw_path).convert("RGB"), rng)
        return image, boxes, sensor.quality

    def _build_lane(self, pots, shape, rng):
        """Put belt, rails, spills and factory around the pots."""
        belt = add_belt(rng, rng.choice(self.split.shift.belts))
        reach = rim_radius(shape) + 0.002
        add_rails(rng, reach)
        add_spills(rng, reach)
        add_factory(rng)
        moving = [pot for pot, _ in pots] + ([belt] if belt else [])
        move_belt(rng, self.split.shift, moving)

    def _aim_camera(self, shape, yaw, rng):
        """Let the label of the middle pot fill its share of the picture."""
        rows = PROFILES[shape]["label"]
        label_height = (rows[-1][1] - rows[0][1]) / 1000
        widest = 0.90 * label_height / (2 * rim_radius(shape))
        share = min(rng.uniform(*self.split.shift.share), widest)
        middle = label_middle(shape) + 0.003
        return add_camera(rng, self.split.shift, middle, label_height, share, yaw)

    def _place_pots(self, flavour, brand, yaw, rng):
        """Put the pot at the origin and neighbours along the belt; returns [(object, flavour)]."""
        facing = yaw - np.pi / 2 + rng.choice([0, np.pi])
        design = self.designs[brand, flavour]
        pots = [(self.maker.make(design, (0, 0), facing + rng.normal(0, 0.22), rng), flavour)]
        gap = rng.choice([0.001, rng.uniform(0.002, 0.03)])
        for side in (-1, 1):
            edge = rim_radius(design.brand.shape)
            for _ in range(2):
                other, other_flavour = self._draw_neighbour(brand, rng)
                radius = rim_radius(other.brand.shape)
                centre = edge + radius + gap + rng.uniform(0, 0.004)
                edge = centre + radius
                if rng.random() < 0.88:
                    place = (side * centre, rng.normal(0, 0.002))
                    turn = rng.uniform(0, 2 * np.pi)
                    pots.append((self.maker.make(other, place, turn, rng), other_flavour))
        return pots

    def _draw_neighbour(self, brand, rng):
        flavour = FLAVOURS[rng.integers(len(FLAVOURS))]
        if rng.random() > SAME_BRAND:
            brand = int(rng.integers(self.brands))
        return self.designs[brand, flavour], flavour

    def _set_up_renderer(self, rng):
        scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        scene.cycles.device = "CPU"
        scene.render.threads_mode, scene.render.threads = "FIXED", self.threads
        scene.cycles.samples = self.samples
        scene.cycles.use_denoising = True
        scene.cycles.denoiser = "OPENIMAGEDENOISE"
        scene.cycles.adaptive_threshold = 0.03
        scene.cycles.use_light_tree = False  # Few lamps: choosing among them costs more.
        scene.cycles.max_bounces = 5
        scene.cycles.sample_clamp_indirect = 4.0
        scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
        scene.cycles.seed = int(rng.integers(1 << 30))
        scene.render.resolution_x = scene.render.resolution_y = self.split.size
        scene.render.resolution_percentage = 100
        scene.view_settings.view_transform = "AgX"
        scene.view_settings.look = "AgX - Medium High Contrast"
        scene.view_settings.exposure = self._draw_exposure(rng)
        scene.render.image_settings.file_format = "PNG"

    def _draw_exposure(self, rng):
        """Return stops of brightness; now and then the lamps are dimmed."""
        exposure = rng.normal(*self.split.shift.exposure)
        dimmed = rng.random() < self.split.shift.dimmed
        return float(exposure - rng.uniform(0.5, 1.1) * dimmed)
