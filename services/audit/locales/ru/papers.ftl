# Постоянные тексты печатных документов. %page и %total подставляет шаблон.
page-of = Страница %page из %total
evidence = Подтверждение уведомлений
case = Дело
about = Предмет
reference = Номер
event = Событие
country = Страна
lost-between = Утрачено в период
registered = Зарегистрировано
as-of = По состоянию на
label = Гриф распространения
none = нет
summary = Коротко
sum-versions = { $count ->
    [one] Выпущена { $count } версия оповещения.
    [few] Выпущены { $count } версии оповещения.
   *[other] Выпущено { $count } версий оповещения.
}
sum-told = { $partners ->
    [one] Уведомлён { $partners } партнёр
    [few] Уведомлены { $partners } партнёра
   *[other] Уведомлено { $partners } партнёров
} по { $addresses ->
    [one] { $addresses } адресу
   *[other] { $addresses } адресам
}; почтовый сервер принял { $accepted }, подтвердили получение { $acknowledged }.
sum-not-told = { $count ->
    [0] Никто из партнёров не был исключён.
    [one] Не уведомлён { $count } партнёр; причина указана ниже.
    [few] Не уведомлены { $count } партнёра; причины указаны ниже.
   *[other] Не уведомлено { $count } партнёров; причины указаны ниже.
}
accepted-means = «Принято» означает, что почтовый сервер партнёра принял письмо под свою ответственность. Это не значит, что оно доставлено или прочитано: только подтверждение показывает, что его видел человек.
verified = Как проверено
when = Когда
certainty = Достоверность
on-which-evidence = На каком основании
by-whom = Кем
note = Примечание
not-verified = Дело не проверено.
version = Версия { $number }: { $kind }
drafted = Составлено
released = Выпущено
by = { $when }, { $who }
reach = Круг получателей
decided = Получатели определены
decided-by = { $when }, по набору правил { $rules } и редакции справочника { $directory }
undecided = Получатели ещё определяются.
told-of = Кто уведомлён
partner = Партнёр
kind = Категория
shown = Содержание
why = Почему
what-happened = Что произошло
acknowledged = Подтверждено
not-yet = ещё нет
possible-repeat = возможен повтор, тот же Message-ID
on-the-wire = отправляется
no-attempt = попыток ещё не было
at-stage = на шаге { $stage }
mail-sha256 = Письмо, SHA-256
not-told-of = Кто не уведомлён
reason = Почему нет
nobody-told = Об этой версии никто не уведомлён.
follow-up = { $heard ->
    [one] { $heard } партнёр получал более раннюю версию
    [few] { $heard } партнёра получали более раннюю версию
   *[other] { $heard } партнёров получали более раннюю версию
}; из них эта направлена { $again } и принята у { $accepted }.
missed = Не дошла, хотя они получали более раннюю версию
proof = Доказательство
proof-means = Каждый факт выше — запись журнала, в который можно только добавлять (RFC 6962). Контрольная точка ниже подписана; те же корни идут в каждом письме, поэтому свидетелем является каждый партнёр. Любой может пересчитать корень и сравнить: tocsin ledger verify --checkpoint ФАЙЛ.
ledger-root = Корень
ledger-size = Записей
ledger-signed = Подписано
ledger-key = Ключ проверки
checkpoint = Контрольная точка
entries-of-case = Записи этого дела
entry = Запись
fact = Факт
happened = Произошло
identifier = Идентификатор
deliveries-entered = { $count ->
    [one] Ещё { $count } запись фиксирует попытку доставки (запись { $first }).
    [few] Ещё { $count } записи фиксируют попытки доставки (записи { $first }–{ $last }).
   *[other] Ещё { $count } записей фиксируют попытки доставки (записи { $first }–{ $last }).
}
inclusion = Включение решений
inclusion-means = Хешируйте лист поочерёдно с каждым соседом (RFC 6962, 2.1.1); результат должен совпасть с корнем выше.
leaf = Лист
siblings = Соседи
no-ledger = В журнале ещё нет контрольной точки.
footer-root = Журнал { $size }, корень { $root }
pack = Материалы к заседанию
pack-of-all = Все партнёры и регионы
pack-of-partner = Партнёр: { $name }
pack-of-region = Регион: { $name }
pack-reproduce = Рассчитано по записям журнала с { $from } по { $to } ({ $first } – { $last }). Те же записи дают те же числа на любой копии журнала.
pack-figures = Показатели
pack-figure = Показатель
pack-value = Значение
pack-unit = Единица
pack-cases = Зарегистрировано дел
pack-alerts = Выпущено оповещений
pack-updates = Исправления и обновления
pack-cancels = Отозвано как ошибочные
pack-recoveries = Сообщено партнёрам об обнаружении
pack-returns = Сообщено партнёрам о возвращении
pack-told = Уведомлено партнёров
pack-not-told = Не уведомлено партнёров, с указанием причины
pack-accepted = Писем принято сервером партнёра
pack-came-back = Из них возвращено
pack-refused = Писем отклонено или оставлено
pack-acknowledged = Подтверждений
pack-to-accepted = От выпуска до принятия, медиана
pack-to-accepted-95 = От выпуска до принятия, 95-й процентиль
pack-to-acknowledged = От выпуска до подтверждения, медиана
pack-to-acknowledged-95 = От выпуска до подтверждения, 95-й процентиль
pack-sightings = Сообщений об обнаружении
unit-cases = дела
unit-versions = версии оповещений
unit-notifications = уведомления
unit-mails = письма
unit-answers = ответы
unit-time = часы:минуты:секунды
unit-sightings = сообщения
pack-no-value = нет данных
pack-by-month = Версии оповещений по месяцам
pack-by-kind = Уведомления по категориям партнёров
pack-by-country = Дела по стране утраты
pack-by-wait = Уведомления по сроку подтверждения
wait-hour = в течение 1 часа
wait-four-hours = в течение 4 часов
wait-day = в течение 24 часов
wait-three-days = в течение 3 дней
wait-longer = позже
wait-none = ещё нет
unit-objects = предметы
pack-objects-recovered = Предметы обнаружены
pack-objects-returned = Предметы возвращены
pack-map-means = Контуры: Natural Earth. Названия и границы на этой карте не выражают мнения о статусе какой-либо страны или территории.
pack-sightings-open = Из них без решения
pack-ways = Начатых процедур возвращения
pack-reminders = Напоминаний о сроках
unit-reminders = напоминания
pack-clocks = Текущие сроки
pack-clocks-as-of = Состояние на { $moment }, не по записям реестра: напоминания вычислены по подтверждённым фактам и не являются юридической консультацией.
pack-limit = Срок
pack-last-day = Последний день
time-limit-unidroit_3_3_knowledge = Иск о похищенном предмете: три года с момента осведомлённости (УНИДРУА 1995, статья 3(3))
time-limit-unidroit_3_3_theft = Иск о похищенном предмете: пятьдесят лет с момента хищения (УНИДРУА 1995, статья 3(3))
time-limit-unidroit_5_5_knowledge = Требование после незаконного вывоза: три года с момента осведомлённости (УНИДРУА 1995, статья 5(5))
time-limit-unidroit_5_5_export = Требование после незаконного вывоза: пятьдесят лет с даты вывоза (УНИДРУА 1995, статья 5(5))
time-limit-directive_5_3_check = Проверка предмета: шесть месяцев с уведомления (Директива 2014/60/ЕС, статья 5)
time-limit-directive_8_1_knowledge = Иск о возврате: три года с момента осведомлённости (Директива 2014/60/ЕС, статья 8(1))
time-limit-directive_8_1_removal = Иск о возврате: тридцать лет с незаконного вывоза (Директива 2014/60/ЕС, статья 8(1))
time-limit-directive_8_1_collection = Иск о возврате, государственная коллекция: семьдесят пять лет (Директива 2014/60/ЕС, статья 8(1))
time-limit-icprcp_reply = Ответ на форму: один год с её передачи (ICPRCP, 1986)
bounce-failed = Не доставлено
bounce-complaint = Отмечено как нежелательное
basis-rule = Правило { $rule }: { $because } ({ $matched }).
basis-told-before = Был извещён о версии { $version } этого дела, поэтому получает все последующие версии.
basis-succeeds = Преемник { $name }, который был извещён о версии { $version } этого дела, поэтому получает все последующие версии.
basis-added = Добавлен сотрудником: { $reason }
not-inactive = Партнёр отключён в справочнике.
not-no-rule-closest = Ни одно правило его не выбирает; ближайшее — { $rule }: { $failed }.
not-no-rule = Ни одно правило его не выбирает: { $failed }.
not-told-before = Он не был извещён ни об одной прежней версии, а эта направляется только тем, кто был извещён.
not-reach = Служба ограничила это оповещение: { $reach }.
not-clearance = Гриф { $label } выше его допуска { $clearance }.
not-no-named-person = { $label } — для поимённо названных лиц, а у него нет лиц с таким допуском.
not-no-address = В справочнике нет его адреса.
not-valid = Согласно справочнику, его не следует извещать { $day }.
not-removed = Исключён сотрудником: { $reason }
not-other-means = Он был извещён о версии { $version }: свяжитесь с ним иным способом.
pack-gaps = Пробелы охвата
pack-gaps-means = Страны ({ $region }), для которых в справочнике (редакция { $revision }) нет действующего партнёра-полиции: { $count } из { $total }.
pack-no-gaps = Для каждой страны в справочнике (редакция { $revision }) есть действующий партнёр-полиция.
pack-alerts-list = Версии оповещений за период
pack-told-column = Уведомлено
pack-median-ack = Подтверждение, медиана
pack-no-alerts = В этих записях оповещения не выпускались.
alert-version = Версия
month = Месяц
count = Количество
object-sheet = Карточка Object ID
event-theft = Кража
event-illicit_export = Незаконный вывоз
event-looting = Разграбление
event-missing = Не найдено при сверке
event-sighting = Обнаружение
event-seizure = Изъятие, владелец неизвестен
event-recovery = Возврат владения
event-restitution = Реституция
event-emergency = Чрезвычайная ситуация, собрание под угрозой
alert-kind-alert = Оповещение
alert-kind-update = Обновление
alert-kind-cancel = Отмена
alert-kind-recovery = Обнаружено
alert-kind-restitution = Реституция
reach-police = Только полиция
reach-all = Все партнёры
partner-kind-police = Полиция или национальное учреждение
partner-kind-igo = Межправительственная организация
partner-kind-ngo = Неправительственная организация
partner-kind-research = Исследовательский институт
share-full = Полное
share-object_data = Только данные о предмете
delivery-state-pending = Ожидает
delivery-state-accepted = Принято почтовым сервером
delivery-state-refused = Отклонено почтовым сервером
delivery-state-uncertain = Неизвестно
delivery-state-expired = Срок истёк
delivery-state-held = Задержано
delivery-state-cancelled = Отменено
outcome-accepted = Принято
outcome-deferred = Отложено
outcome-refused = Отклонено
outcome-uncertain = Неизвестно
certainty-observed = Установлено
certainty-likely = Вероятно
certainty-possible = Возможно
certainty-unlikely = Маловероятно
certainty-unknown = Неизвестно
alert-kind-expert_request = Запрос эксперту
alert-kind-exercise = Учение
evidence-police_report = Полицейский рапорт
evidence-ncb_message = Сообщение Национального центрального бюро
evidence-ministry_note = Нота министерства
evidence-inventory_extract = Выписка из описи
evidence-stock_taking = Акт сверки
evidence-export_refusal = Отказ в вывозе
evidence-site_inspection = Осмотр места
evidence-satellite_analysis = Анализ спутниковых снимков
evidence-press_only = Только пресса
