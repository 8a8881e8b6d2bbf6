"""Draw the application's icon from its SVG as PNG and ICO: ``python tools/icons.py``.

The results are kept in the repository; run this after ``resources/icons/ptnotes.svg`` has changed.
"""

import io
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).parents[1] / "resources" / "icons"
ICO_SIZES_PX = (16, 24, 32, 48, 64, 128, 256)


def draw(svg: Path, size_px: int) -> bytes:
    """Render an SVG as a square PNG with a clear background."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # a device is taken; the stub names files only
    return bytes(buffer.data().data())


def main() -> None:
    """Write ``ptnotes.png`` (256 px) and ``ptnotes.ico`` (all usual sizes)."""
    svg = ICONS / "ptnotes.svg"
    (ICONS / "ptnotes.png").write_bytes(draw(svg, 256))
    pictures = [Image.open(io.BytesIO(draw(svg, size_px))) for size_px in ICO_SIZES_PX]
    pictures[-1].save(
        ICONS / "ptnotes.ico",
        sizes=[(size_px, size_px) for size_px in ICO_SIZES_PX],
        append_images=pictures[:-1],
    )


if __name__ == "__main__":
    main()
