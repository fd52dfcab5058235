"""Words of count sheets in Russian and Kazakh, and what they mean in the sheets' own English.

Written without capitals and with е for ё. An approach is said by where the traffic comes from: from the south is
northbound.
"""

COLUMNS = {
    "перекресток": "junction", "пересечение": "junction", "қиылыс": "junction",
    "подход": "approach", "въезд": "approach", "откуда": "approach", "кіреберіс": "approach", "қайдан": "approach",
    "маневр": "movement", "поворот": "movement", "движение": "movement", "қозғалыс": "movement", "бұрылыс": "movement",
    "начало": "begin", "время": "begin", "басталуы": "begin", "уақыт": "begin",
    "конец": "end", "окончание": "end", "аяқталуы": "end",
    "количество": "count", "количество тс": "count", "число": "count", "число тс": "count", "саны": "count",
    "класс": "class", "тип тс": "class", "вид транспорта": "class", "көлік түрі": "class",
    "дата": "date", "күні": "date",
}  # fmt: skip
APPROACHES = {
    "с юга": "NB", "с севера": "SB", "с запада": "EB", "с востока": "WB",
    "оңтүстіктен": "NB", "солтүстіктен": "SB", "батыстан": "EB", "шығыстан": "WB",
}  # fmt: skip
MOVEMENTS = {
    "налево": "left", "прямо": "straight", "направо": "right", "разворот": "u-turn",
    "солға": "left", "тура": "straight", "тіке": "straight", "оңға": "right", "кері бұрылу": "u-turn",
}  # fmt: skip
CLASSES = {
    "легковой": "car", "легковые": "car", "легковые автомобили": "car", "жеңіл": "car", "жеңіл көлік": "car",
    "микроавтобус": "van", "микроавтобусы": "van", "шағын автобус": "van",
    "грузовой": "truck", "грузовые": "truck", "грузовые автомобили": "truck", "жүк": "truck", "жүк көлігі": "truck",
    "автобус": "bus", "автобусы": "bus", "троллейбус": "bus", "троллейбусы": "bus", "автобустар": "bus",
    "мотоцикл": "motorcycle", "мотоциклы": "motorcycle", "мотоциклдер": "motorcycle",
}  # fmt: skip
TOTALS = ("total", "totals", "sum", "итого", "всего", "барлығы", "жиыны")


def is_total(text: str) -> bool:
    """Whether a heading or the first cell of a row says that sums follow: 'Итого за час'."""
    return text.casefold().replace(":", " ").split()[:1] in [[word] for word in TOTALS]


def said(text: str, words: dict[str, str]) -> str:
    """The meaning of a local word; any other text as it is."""
    return words.get(" ".join(text.casefold().replace("ё", "е").split()), text)
