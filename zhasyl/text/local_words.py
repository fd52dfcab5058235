"""Words of tables in Russian, Kazakh and the usual English, and what they mean in our own: of all tables, here alone.

Written without capitals, with е for ё and single spaces. A word is looked up by `said`.
"""

import re

COUNT_COLUMNS = {
    "intid": "junction", "intersection": "junction", "node": "junction", "signal": "junction",
    "time": "begin", "start": "begin", "start time": "begin", "time begin": "begin", "interval": "begin",
    "time period": "begin", "period": "begin", "end time": "end",
    "ending": "end", "interval ending": "end", "time ending": "end", "period ending": "end", "interval end": "end",
    "конец интервала": "end",
    "time end": "end", "to": "exit",
    "from": "approach", "leg": "approach", "direction": "approach",
    "turn": "movement", "turning movement": "movement",
    "vehicles": "count", "volume": "count", "volumes": "count", "number": "count",
    "vehicle_class": "class", "vehicle class": "class", "vehicle type": "class", "type": "class",
    "day": "date", "count date": "date",
    "перекресток": "junction", "пересечение": "junction", "узел": "junction", "қиылыс": "junction",
    "подход": "approach", "въезд": "approach", "откуда": "approach", "кіреберіс": "approach", "қайдан": "approach",
    "куда": "exit", "выезд": "exit", "қайда": "exit",
    "маневр": "movement", "поворот": "movement", "движение": "movement", "қозғалыс": "movement", "бұрылыс": "movement",
    "направление": "movement", "направление движения": "movement", "номер направления": "movement",
    "№ направления": "movement", "направление движения транспорта": "movement", "бағыт": "movement",
    "қозғалыс бағыты": "movement",
    "начало": "begin", "время": "begin", "время начала": "begin", "период": "begin", "интервал": "begin",
    "время учета": "begin", "часы": "begin", "часы суток": "begin", "время, ч": "begin", "период времени": "begin",
    "интервал времени": "begin", "время замера": "begin", "басталуы": "begin", "уақыт": "begin", "уақыты": "begin",
    "конец": "end", "окончание": "end", "время окончания": "end", "аяқталуы": "end",
    "количество": "count", "количество тс": "count", "число": "count", "число тс": "count", "саны": "count",
    "интенсивность": "count", "интенсивность, авт/ч": "count", "авт/ч": "count",
    "класс": "class", "тип тс": "class", "вид транспорта": "class", "көлік түрі": "class", "класс тс": "class",
    "дата": "date", "күні": "date",
}  # fmt: skip
PLAN_COLUMNS = {
    "светофор": "signal", "светофорный объект": "signal", "объект": "signal", "перекресток": "signal",
    "бағдаршам": "signal", "қиылыс": "signal",
    "начало": "from", "с": "from", "время": "from", "басталуы": "from", "уақыт": "from",
    "сдвиг": "offset_s", "сдвиг, с": "offset_s", "смещение": "offset_s", "ығысу": "offset_s", "ығысу, с": "offset_s",
    "фаза": "stage", "кезең": "stage",
    "направления": "greens", "зеленый для": "greens", "бағыттар": "greens",
    "зеленый": "green_s", "зеленый, с": "green_s", "основной такт": "green_s",
    "жасыл": "green_s", "жасыл, с": "green_s",
    "желтый": "yellow_s", "желтый, с": "yellow_s", "сары": "yellow_s", "сары, с": "yellow_s",
    "красный для всех": "all_red_s", "все красный": "all_red_s", "кругом красный": "all_red_s",
    "красный для всех, с": "all_red_s", "кругом красный, с": "all_red_s", "барлығына қызыл": "all_red_s",
    "барлығына қызыл, с": "all_red_s",
    "цикл": "cycle_s", "цикл, с": "cycle_s", "циклі": "cycle_s", "циклі, с": "cycle_s",
    "время начала": "from", "начало периода": "from", "басталу уақыты": "from",
    "длительность фазы": "split_s", "кезең ұзақтығы": "split_s",
    "пешеходный такт": "walk_s", "зеленый пешеходам": "walk_s", "жаяуларға жасыл": "walk_s",
    "опорная фаза": "reference", "тірек кезең": "reference",
    "состояние": "state", "күйі": "state",
}  # fmt: skip
PLAN_FILE_COLUMNS = {
    **{word: name for word, name in PLAN_COLUMNS.items() if name in ("signal", "from", "offset_s")},
    "фазы": "stages", "кезеңдер": "stages",
    "зеленые": "greens_s", "зеленые, с": "greens_s", "основные такты": "greens_s", "основные такты, с": "greens_s",
    "жасылдар": "greens_s", "жасылдар, с": "greens_s", "зеленый": "greens_s", "зеленый, с": "greens_s",
    "жасыл": "greens_s", "жасыл, с": "greens_s",
    "длительности фаз": "true_splits_s", "длительности фаз, с": "true_splits_s", "кезең ұзақтықтары": "true_splits_s",
    "кезең ұзақтықтары, с": "true_splits_s",
}  # fmt: skip
NEW_COLUMNS_IN_RUSSIAN = {
    "подход": "approach", "въезд": "approach",
    "улица": "name", "название": "name", "название улицы": "name", "наименование": "name",
    "полосы": "turns", "маневры": "turns", "повороты": "turns", "направления": "turns", "направления движения": "turns",
    "движение по полосам": "turns", "маневры по полосам": "turns", "полосы на въезде": "turns",
    "полос на выезде": "exit_lanes", "полосы на выезде": "exit_lanes", "выездных полос": "exit_lanes",
    "выездные полосы": "exit_lanes", "число полос на выезде": "exit_lanes", "количество полос на выезде": "exit_lanes",
    "ширина полосы": "lane_width_m", "ширина полос": "lane_width_m",
    "скорость": "speed_limit_kmh", "ограничение скорости": "speed_limit_kmh", "разрешенная скорость": "speed_limit_kmh",
    "максимальная скорость": "speed_limit_kmh",
    "налево": "left_vph", "левый поворот": "left_vph", "прямо": "straight_vph",
    "направо": "right_vph", "правый поворот": "right_vph", "разворот": "u_turn_vph",
    "влево": "left_vph", "вправо": "right_vph",
    "по выездам": "exits_vph", "выезды": "exits_vph", "объемы по выездам": "exits_vph",
    "интенсивность по выездам": "exits_vph",
    "угол": "angle_deg", "азимут": "angle_deg",
    "карманы": "bays", "карман": "bays", "уширения": "bays",
    "правый поворот вне светофора": "slip", "отнесенный правый поворот": "slip",
    "уклон": "grade_percent", "продольный уклон": "grade_percent",
    "островок": "island_m", "остров": "island_m", "островок безопасности": "island_m", "ширина островка": "island_m",
    "ширина острова": "island_m",
    "переход": "crossing", "пешеходный переход": "crossing",
    "пешеходы": "walkers_ph", "пешеходов": "walkers_ph", "пешеходов в час": "walkers_ph",
    "расстояние": "distance_m", "длина": "distance_m", "длина подхода": "distance_m",
    "перекресток": "junction", "пересечение": "junction", "узел": "junction", "светофор": "junction",
    "откуда": "from", "от перекрестка": "from", "предыдущий перекресток": "from",
}  # fmt: skip
NEW_COLUMNS_IN_KAZAKH = {
    "кіреберіс": "approach",
    "көше": "name", "атауы": "name",
    "жолақтар": "turns", "бағыттар": "turns", "бұрылыстар": "turns",
    "шығу жолақтары": "exit_lanes",
    "жолақ ені": "lane_width_m",
    "жылдамдық": "speed_limit_kmh", "жылдамдық шегі": "speed_limit_kmh",
    "солға": "left_vph", "тура": "straight_vph", "тіке": "straight_vph", "оңға": "right_vph",
    "кері бұрылу": "u_turn_vph",
    "шығулар бойынша": "exits_vph", "шығулар": "exits_vph",
    "бұрыш": "angle_deg",
    "қалталар": "bays",
    "бағдаршамсыз оңға бұрылу": "slip",
    "еңіс": "grade_percent",
    "аралшық": "island_m", "арал": "island_m",
    "жаяу өткел": "crossing", "өткел": "crossing",
    "жаяу жүргіншілер": "walkers_ph",
    "қашықтық": "distance_m", "ұзындығы": "distance_m",
    "қиылыс": "junction", "бағдаршам": "junction",
    "қайдан": "from", "алдыңғы қиылыс": "from",
}  # fmt: skip
NEW_COLUMNS = NEW_COLUMNS_IN_RUSSIAN | NEW_COLUMNS_IN_KAZAKH
"""Of tables of approaches; a unit behind a comma or in brackets may follow."""
YES_OR_NO = {
    "да": "yes", "есть": "yes", "иә": "yes", "бар": "yes", "нет": "no", "жоқ": "no",
    "отдельно": "alone", "отдельной фазой": "alone", "жеке": "alone", "жеке кезеңде": "alone",
}  # fmt: skip
UNIT = re.compile(
    r"(?:, ?| ?\()(?:м|с|сек|км/ч|км/сағ|%|°|град|авт/ч|авт/сағ|ед/ч|чел/ч|адам/сағ|m|s|km/h|veh/h)\.?\)?$"
)
APPROACHES = {
    "с юга": "NB", "с севера": "SB", "с запада": "EB", "с востока": "WB", "с юго-запада": "NEB",
    "с северо-запада": "SEB", "с северо-востока": "SWB", "с юго-востока": "NWB",
    "оңтүстіктен": "NB", "солтүстіктен": "SB", "батыстан": "EB", "шығыстан": "WB",
}  # fmt: skip
MOVEMENTS = {
    "l": "left", "lt": "left", "left": "left", "left turn": "left", "left turns": "left", "lefts": "left",
    "r": "right", "rt": "right", "right": "right", "right turn": "right", "right turns": "right", "rights": "right",
    "u": "u-turn", "ut": "u-turn", "uturn": "u-turn", "u-turn": "u-turn", "u turn": "u-turn", "u-turns": "u-turn",
    "t": "straight", "s": "straight", "th": "straight", "straight": "straight", "through": "straight",
    "thru": "straight", "thr": "straight", "straight-through": "straight", "straight through": "straight",
    "ahead": "straight",
    "налево": "left", "прямо": "straight", "направо": "right", "разворот": "u-turn", "левый поворот": "left",
    "правый поворот": "right", "влево": "left", "вправо": "right", "лево": "left", "право": "right",
    "солға": "left", "тура": "straight", "тіке": "straight", "оңға": "right", "кері бұрылу": "u-turn",
}  # fmt: skip
RIGHT_ON_RED = frozenset({"rtor", "right on red", "right turn on red", "rt on red"})
ON_FOOT = frozenset({
    "ped", "peds", "pedestrian", "pedestrians", "peds cw", "peds ccw", "ped cw", "ped ccw", "crosswalk",
    "pedestrian crossings", "пешеходы", "пешеход", "пеш", "переход", "жаяу жүргіншілер", "жаяу", "жаяулар",
})  # fmt: skip
BY_BICYCLE = frozenset({
    "bike", "bikes", "bicycle", "bicycles", "bicycles on crosswalk", "bikes on crosswalk", "bike crossings",
    "велосипедисты", "велосипеды", "велосипед", "велосипедшілер",
})  # fmt: skip
CLASSES = {
    "cars": "car", "lights": "car", "light vehicles": "car", "light": "car", "passenger cars": "car", "autos": "car",
    "passenger vehicles": "car", "cars & light goods": "car",
    "vans": "van", "light goods": "van", "lgv": "van",
    "trucks": "truck", "heavy": "truck", "heavies": "truck", "heavy vehicles": "truck", "mediums": "truck",
    "hgv": "truck", "single-unit trucks": "truck", "single unit trucks": "truck", "articulated trucks": "truck",
    "lorries": "truck", "medium trucks": "truck", "heavy trucks": "truck",
    "buses": "bus", "motorcycles": "motorcycle", "motorbikes": "motorcycle",
    "bicycles on road": "bicycle", "bikes on road": "bicycle", "bicycles": "bicycle", "bikes": "bicycle",
    "легковой": "car", "легковые": "car", "легковые автомобили": "car", "жеңіл": "car", "жеңіл көлік": "car",
    "легковые а/м": "car", "жеңіл автомобильдер": "car",
    "микроавтобус": "van", "микроавтобусы": "van", "шағын автобус": "van", "малые грузовые": "van",
    "грузовой": "truck", "грузовые": "truck", "грузовые автомобили": "truck", "жүк": "truck", "жүк көлігі": "truck",
    "автопоезда": "truck", "автопоезд": "truck", "тракторы": "truck", "автопойыздар": "truck",
    "автобус": "bus", "автобусы": "bus", "троллейбус": "bus", "троллейбусы": "bus", "автобустар": "bus",
    "троллейбустар": "bus", "сочлененные автобусы": "bus",
    "мотоцикл": "motorcycle", "мотоциклы": "motorcycle", "мотоциклдер": "motorcycle",
    "велосипедисты на дороге": "bicycle", "велосипеды на дороге": "bicycle",
}  # fmt: skip
PARTS_OF_CLASSES = frozenset({
    "mediums", "single-unit trucks", "single unit trucks", "articulated trucks", "medium trucks", "heavy trucks",
    "автопоезда", "автопоезд", "автопойыздар", "тракторы", "троллейбус", "троллейбусы", "троллейбустар",
    "сочлененные автобусы",
})  # fmt: skip
TOTALS = ("total", "totals", "sum", "итого", "всего", "барлығы", "жиыны", "итог", "сумма")
REDUCED = ("приведен", "прив.", "pcu", "pce", "pc/h", "келтірілген")
COEFFICIENTS = ("коэффициент приведения", "коэффициенты приведения", "коэф. прив", "pcu factor", "pce factor",
                "келтіру коэффициент")  # fmt: skip
TO_AN_HOUR = re.compile(r"приведенн\w* к (?:1 |одному )?час\w*|сағатқа келтірілген")
"""Reduced to an hour, which is no reduction to passenger cars."""
_WHO = (
    r"(?:veh(?:icle)?s?\.?|cars?|peds?|pedestrians|rates?|авт(?:омобил\w*|о)?\.?|а/м|ед(?:иниц\w*)?\.?|"
    r"т\.? ?с\.?|транспортных средств|машин\w*|чел(?:овек)?\.?|көлік)"
)
_AN_HOUR = r" ?(?:/|per|an|в|за) ?(?:1 ?)?(?:h|hr|hour|ч|час|сағ|сағат)\b\.?(?! ?пик)"
RATES = re.compile(
    rf"(?<!\d)(?<!\d )(?:\b[vp]\.?p\.?h\b|\bv/hr?\b|\b{_WHO}{_AN_HOUR})|\bflow rates?\b|\bhourly rates?\b|"
    rf"rates? of flow|expanded to (?:an |1 )?hour|в пересчете на (?:1 )?час|сағатына|{TO_AN_HOUR.pattern}"
)
OF_AN_HOUR = re.compile(
    r"(?<!design )hourly (?:volume|count|traffic|flow|equivalent)s?\b(?! rate)|(?:factored|converted|scaled) to hourly|"
    r"(?:volume|count|traffic|flow)s? (?:per|in an|an) hour\b|часов\w+ (?:интенсивност|объем)|"
    r"(?:интенсивност|количеств|объем)[^\d(]{0,30} (?:в|за) час\b(?! ?пик)|сағаттық|бір сағатта"
)
"""What may mean rates, or counts of whole hours."""
OF_AN_INTERVAL = re.compile(
    r"(?:/|per|за|every|кажд\w+|in) ?\d+ ?-?(?:min|мин)|\d+[- ]?(?:min(?:ute)?s?|мин\w*)\.?[- ](?:counts?|volumes?)"
)
RUNNING = re.compile(
    r"cumulative|running (?:total|sum|count)s?|accumulated|нарастающ|накоплен|накопит|жинақталған|өспелі"
)
KIND_OF_NUMBERS = re.compile(rf"[\s(\[,;:-]+(?:{RATES.pattern}|{RUNNING.pattern})[\s)\]]*$", re.IGNORECASE)
PEAKS = ("peak", "час пик", "пиков", "қарбалас")


def plain_words(text: str) -> str:
    """A text as the keys here are written."""
    return " ".join(text.casefold().replace("ё", "е").split())


def said(text: str, words: dict[str, str]) -> str:
    """The meaning of a local word; any other text as it is."""
    return words.get(plain_words(text), text)


def heading(text: str, words: dict[str, str]) -> str:
    """The meaning of a local heading, whatever unit stands behind it; any other text as it is."""
    small = plain_words(text)
    return words.get(small) or words.get(UNIT.sub("", small), text)


def is_total(text: str) -> bool:
    """Whether a heading or the first cell of a row says that sums follow: 'Итого за час'."""
    return text.casefold().replace(":", " ").split()[:1] in [[word] for word in TOTALS]


def is_some_total(text: str) -> bool:
    """As `is_total`, for 'App. Total' and 'Grand Total', too."""
    return bool(set(re.findall(r"[^\W_]+", plain_words(text))) & set(TOTALS))


def has_any(text: str, parts: tuple[str, ...]) -> bool:
    """Does a text hold one of these parts of words?"""
    small = plain_words(text)
    return any(part in small for part in parts)


def named(text: str) -> str:
    """A heading without what it says of its numbers: 'Left (veh/h)' is Left, 'veh/h' alone stays."""
    return KIND_OF_NUMBERS.sub("", text) or text


def says_reduced(text: str) -> bool:
    """Does a text speak of volumes reduced to passenger cars?"""
    return has_any(TO_AN_HOUR.sub("", plain_words(text)), REDUCED)
