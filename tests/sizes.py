"""The sizes at which every screen is looked at, by tests and in pictures."""

WIDE, PHONE = (1440, 900), (390, 844)
# 720 by 450 is the wide screen at 200 %, 320 by 256 a 1280 by 1024 one at 400 %.
SIZES = [WIDE, (1024, 768), (820, 1180), (720, 450), (640, 360), PHONE, (844, 390), (320, 256)]
WALL = (1920, 1080)
WALLS = [WALL, (1280, 720), (1080, 1920), (1024, 768), (3840, 2160), (1200, 1200), (720, 1280)]
