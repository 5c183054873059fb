"""E-mail addresses of invented customers: made of things, never of names."""

_FIRST = (  # noqa: SIM905  # words read better than a column of strings
    "amber brass cedar chalk cobalt copper coral cotton ember fern flint foggy frost ginger "
    "granite hazel indigo ivory jade lemon linen lunar maple marble mellow mint misty mossy "
    "neon nimble ocean olive opal paper pepper pixel plum quiet rapid rustic salty silver "
    "slate solar spicy tidy toasted velvet violet walnut winter"
).split()
_SECOND = (  # noqa: SIM905  # words read better than a column of strings
    "acorn anchor badger beacon biscuit bobbin button cactus canoe comet compass cricket "
    "dolphin falcon fiddle gecko glacier hammock heron kettle lantern lemur llama magnet "
    "marmot meadow moth muffin noodle otter paddle panda pebble pickle pigeon puffin radish "
    "raven rocket saddle sparrow spoon teapot thimble tulip turnip walrus whisk willow "
    "zeppelin"
).split()
_JOINTS = ("", ".", "_", "-")


_PAIRS = len(_FIRST) * len(_SECOND)
_STRIDE = 1_009  # shares no factor with the pairs, so neighbours look nothing alike


def handle(number: int) -> str:
    """The address of customer `number`; no two numbers share one."""
    serial, place = divmod(number, _PAIRS)
    second, first = divmod(place * _STRIDE % _PAIRS, len(_FIRST))
    joint = _JOINTS[(first + second) % len(_JOINTS)]
    return f"{_FIRST[first]}{joint}{_SECOND[second]}{serial or ''}@example.com"
