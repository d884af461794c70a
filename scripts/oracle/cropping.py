"""What the oracles of pictures share: torchvision's resizing and cropping, with Pillow."""

from PIL import Image


def crop(picture, size):
    """torchvision.transforms.Resize(size) and CenterCrop(size), from their documentation and source."""
    width, height = picture.size
    short, long = min(width, height), max(width, height)
    longer = int(size * long / short)
    picture = picture.resize((size, longer) if width <= height else (longer, size), Image.BILINEAR)
    left, top = int(round((picture.width - size) / 2.0)), int(round((picture.height - size) / 2.0))
    return picture.crop((left, top, left + size, top + size))
