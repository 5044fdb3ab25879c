# Письма и страница ответа на русском языке. Термины: Object ID, CAP 1.2, TLP 2.0 (метки никогда не переводятся).
# Ключи те же, что в английском файле; тест сравнивает ключи и аргументы.

## Тема и заголовок

subject-alert = [{ $label }] { $reference } v{ $version } · { $event }: { $title }
subject-update = [{ $label }] ОБНОВЛЕНИЕ · { $reference } v{ $version } · { $event }: { $title }
subject-cancel = [{ $label }] ОТМЕНЕНО · { $reference } v{ $version } · { $event }: { $title }
subject-recovery = [{ $label }] НАЙДЕНО · { $reference } v{ $version } · { $event }: { $title }
subject-restitution = [{ $label }] РЕСТИТУЦИЯ · { $reference } v{ $version } · { $event }: { $title }
subject-expert_request = [{ $label }] ЗАПРОС ЭКСПЕРТАМ · { $reference } v{ $version } · { $event }: { $title }
subject-exercise = [{ $label }] УЧЕНИЯ УЧЕНИЯ · { $reference } v{ $version } · { $event }: { $title }
subject-withheld = [{ $label }] { $kind } · { $reference } v{ $version }

kind-alert = Оповещение
kind-update = Обновление
kind-cancel = Отмена
kind-recovery = Обнаружение
kind-restitution = Уведомление о реституции
kind-expert_request = Запрос экспертам
kind-exercise = УЧЕНИЯ

heading-alert = Оповещение: { $event }
heading-update = Обновление: { $event }
heading-cancel = Отменено: { $event }
heading-recovery = Найдено: { $event }
heading-restitution = Реституция: { $event }
heading-expert_request = Запрос экспертам: { $event }
heading-exercise = УЧЕНИЯ, это не настоящее оповещение: { $event }
heading-withheld = { $kind }: содержание не пересылается
version = { $reference }, версия { $version }, адресат: { $partner }

## Что это и что делать

lead-alert = { $count ->
    [one] Ниже описан { $count } предмет. Просим помочь в розыске.
    [few] Ниже описаны { $count } предмета. Просим помочь в розыске.
   *[other] Ниже описано { $count } предметов. Просим помочь в розыске.
}
lead-alert-type = Списка похищенного не существует. Просим обращать внимание на предметы описанного ниже рода, где бы они ни появились без проверяемого происхождения.
lead-alert-owner = Описанное ниже находится у властей, и неизвестно, кому оно принадлежит. Просим помочь найти владельца или место происхождения.
lead-alert-match = Описанное ниже было замечено. Просим сообщить, известно ли вам о его пропаже. Это конфиденциально: от лишнего слова предмет исчезает.
lead-update = То, что вам сообщалось по этому делу, изменилось. Этот текст заменяет все прежние версии.
lead-cancel = Это оповещение было ошибочным. По этому номеру больше ничего не разыскивается.
lead-recovery = { $count ->
    [1] Предмет найден. Розыск окончен; о том, кому он принадлежит, здесь не говорится.
   *[other] Предметы найдены. Розыск окончен; о том, кому они принадлежат, здесь не говорится.
}
lead-recovery-partly = Найдено предметов, описанных ниже: { $count }. Другие предметы этого дела, которые всё ещё разыскиваются: { $others }.
lead-restitution = { $count ->
    [1] Есть новости о возвращении предмета, о котором вам сообщалось. Это письмо не встаёт ни на чью сторону в вопросе о том, кому он принадлежит.
   *[other] Есть новости о возвращении предметов, о которых вам сообщалось. Это письмо не встаёт ни на чью сторону в вопросе о том, кому они принадлежат.
}
lead-expert_request = { $count ->
    [one] Ниже описан { $count } предмет. Просим вашего экспертного мнения: что это и откуда.
    [few] Ниже описаны { $count } предмета. Просим вашего экспертного мнения: что это и откуда.
   *[other] Ниже описано { $count } предметов. Просим вашего экспертного мнения: что это и откуда.
}
lead-exercise = Это УЧЕНИЯ. Ничего не произошло и ничего не пропало: мы проверяем, доходят ли до вас оповещения. Просим подтвердить получение и не передавать это как оповещение.
lead-withheld = { $label } предназначено лично вам, а почту читают машины и заместители. Поэтому в письме нет содержания: обратитесь к дежурной службе по адресу { $desk } и назовите { $reference }.

section-ask = О чём мы просим
ask-alert-look = { $count ->
    [1] Обращайте на него внимание на торгах, у торговцев, в интернете, при перевозке и на границах.
   *[other] Обращайте на них внимание на торгах, у торговцев, в интернете, при перевозке и на границах.
}
ask-alert-hold = { $count ->
    [1] Не покупайте, не продавайте, не перемещайте и не принимайте его и не предупреждайте того, у кого он находится.
   *[other] Не покупайте, не продавайте, не перемещайте и не принимайте их и не предупреждайте тех, у кого они находятся.
}
ask-alert-report = Если вы что-либо увидите, сначала сообщите своей полиции. Затем ответьте на это письмо или напишите на { $desk } и назовите { $reference }.
ask-type-look = Обращайте внимание на такие предметы на торгах, у торговцев, в интернете, при перевозке и на границах и спрашивайте об их происхождении.
ask-type-hold = Не покупайте, не продавайте, не перемещайте и не принимайте ничего, происхождение чего никто не может показать.
ask-owner-look = Сверьте со своими реестрами, инвентарными книгами и заявлениями.
ask-owner-pass = Спросите тех в вашей организации, кто знает предметы такого рода.
ask-owner-report = Ответьте на это письмо или напишите на { $desk } и назовите { $reference }, даже если вы не уверены.
ask-match-look = Сверьте со своими реестрами пропавших и похищенных предметов.
ask-match-quiet = Не говорите никому, кому знать не нужно, и не связывайтесь с тем, кто показывает или предлагает это.
ask-update-replace = Замените этой версией прежнюю, где бы она у вас ни хранилась.
ask-update-pass = Передайте эту версию всем, кто получил от вас прежнюю.
ask-update-report = Если вы что-либо видели, сначала сообщите своей полиции. Затем ответьте на это письмо или напишите на { $desk } и назовите { $reference }.
ask-cancel-stop = Прекратите розыск и удалите или исправьте то, что внесли в учёт.
ask-cancel-pass = Сообщите об отмене всем, кто получил от вас оповещение.
ask-cancel-report = Если вы действовали по оповещению или сомневаетесь в его отмене, ответьте на это письмо или напишите на { $desk } и назовите { $reference }.
ask-recovery-stop = Прекратите розыск и отметьте обнаружение там, где внесли оповещение в учёт.
ask-recovery-pass = Сообщите всем, кто получил от вас оповещение, что розыск окончен.
ask-recovery-report = Если вам известно больше, ответьте на это письмо или напишите на { $desk } и назовите { $reference }.
ask-partly-stop = Прекратите розыск того, что описано ниже, и отметьте это там, где внесли оповещение в учёт. Продолжайте розыск остальных.
ask-partly-pass = Сообщите всем, кто получил от вас оповещение, какие из предметов найдены.
ask-restitution-note = Отметьте это там, где внесли оповещение в учёт.
ask-restitution-pass = Сообщите об этом всем, кто получил от вас оповещение.
ask-restitution-report = Если вам известно больше, ответьте на это письмо или напишите на { $desk } и назовите { $reference }.
ask-expert_request-look = Сравните с тем, что вам известно: тип, материал, надписи, места находок, публикации.
ask-expert_request-hold = { $count ->
    [1] Ограничьте этот запрос теми, чьё мнение вам нужно, и не связывайтесь с тем, у кого может находиться предмет.
   *[other] Ограничьте этот запрос теми, чьё мнение вам нужно, и не связывайтесь с теми, у кого могут находиться предметы.
}
ask-expert_request-report = Ответьте на это письмо или напишите на { $desk }, назовите { $reference } и скажите, насколько вы уверены и почему.
ask-exercise-look = Подтвердите получение этого письма так, как подтвердили бы получение оповещения.
ask-exercise-hold = Ничего не вносите в учёт, ничего не ищите, никого не предупреждайте: { $reference } — это учения.
ask-exercise-report = Если ссылка или адрес не работает, ответьте на это письмо или напишите на { $desk }.

section-message-alert = От дежурной службы
section-message-update = Что изменилось
section-message-cancel = Почему отменено
section-message-recovery = Об обнаружении
section-message-restitution = О возвращении
section-message-expert_request = О чём мы спрашиваем
section-message-exercise = Об учениях
original-note = [{ $code }] отмечает слова сообщения или дежурной службы на языке оригинала, { $language }. Они не переводятся.
shortened = … (сокращено)
left-out = { $count ->
    [one] К этому делу относится ещё { $count } предмет, который здесь не напечатан. Запросите список у дежурной службы по адресу { $desk }.
    [few] К этому делу относятся ещё { $count } предмета, которые здесь не напечатаны. Запросите список у дежурной службы по адресу { $desk }.
   *[other] К этому делу относится ещё { $count } предметов, которые здесь не напечатаны. Запросите список у дежурной службы по адресу { $desk }.
}

## Разделы и подписи

labelled = { $label }:
section-case = Дело
section-circumstances = Обстоятельства
section-object = Предмет { $number } из { $count }
section-typology = Что искать
label-title = Название
label-event = Событие
label-country = Страна
label-lost = Утрачено
label-discovered = Замечено
label-detected = Выявлено
label-since = Под угрозой
label-seized = Изъято
label-seen = Замечено
label-certainty = Достоверность
label-urgency = Срочность
label-share = Вам показано
lost-on = { $earliest }
lost-between = между { $earliest } и { $latest }
share-full = данные о предметах и обстоятельства
share-object_data = только данные о предметах
label-holder = Владелец или хранитель
label-responsible = Отвечает за объект
label-kept-by = Хранится у
label-offered-by = Показано или предложено
label-site = Объект
label-site-number = Номер объекта
label-detected-by = Как выявлено
label-extent = Размер ущерба
label-listed-in = Внесено в
label-depositor = Передано на хранение или во временное пользование
label-threat = Угроза
label-collection = Собрание
label-seized-by = Изъято кем
label-likely-origins = Возможное происхождение
label-sent-from = Отправлено из
label-bound-for = Направлялось в
label-venue = Где
label-found-under = Значится как
label-sale = Объявленная продажа
label-types = Типы предметов
label-red-list = Красный список ИКОМ
label-made = Создано
label-link = Составляет целое
made-in = { $from }
made-between = между { $from } и { $to }
year-before = { $year } до н. э.
decimal-sign = ,
label-place = Место
label-subdivision = Административная единица
label-premises = Тип места
label-method = Способ
label-police = Номер полиции
police-not-yet = пока нет
label-authority = Уведомлённый орган
label-authority-on = Уведомлён
label-narrative = Что произошло
label-claiming = Государство-заявитель
label-lawful = Последнее законное местонахождение
label-permit = Разрешение на вывоз
label-certificate = Номер свидетельства
label-law = Применимый закон
label-route = Предполагаемый маршрут
label-destination = Предполагаемое место назначения
label-type = Тип
label-type-detail = Тип подробнее
label-materials = Материалы и техника
label-measurements = Размеры
label-inscriptions = Надписи и клейма
label-features = Отличительные признаки
label-subject = Сюжет
label-date = Дата или период
label-maker = Автор или культура
label-description = Описание
label-inventory = Инвентарный номер
label-related-material = Связанные документы
label-origin = Страна происхождения или находки
label-origin-text = Место происхождения словами
label-related-objects = Связанные предметы
label-documented = Дата описания
label-photographs = Фотографии
label-flags = Также

## By the link, files, pictures

heading-reference = { $kind }: читать по ссылке
lead-reference = То, на что распространяется { $label }, в этом письме не пересылается. Прочтите это на странице по ссылке ниже, вместе с изображениями и файлами.
read = Прочитать
read-why = Страница попросит нажать кнопку, потому что ссылки открывают и машины. Она предназначена только вам: не передавайте ссылку другим.
read-title = { $reference }, версия { $version }
read-button = Показать
read-before = На то, что вы прочтёте, распространяется { $label }. Отмечается, что вы это открыли.
section-files = Файлы
file-cap = Для систем оповещения (CAP 1.2)
file-json = Для других программ (JSON)
file-sheet = Карточка Object ID предмета { $number }
file-enclosed = приложен
file-by-link = по ссылке ниже
label-picture = Изображение
label-look-alike = Изображение другого, похожего предмета

## Nothing could be encrypted

subject-no-key = [{ $label }] { $reference } v{ $version }: сообщение, которое не удалось зашифровать для вас
heading-no-key = Сообщение, которое не удалось зашифровать для вас
lead-no-key = У дежурной службы есть сообщение для { $partner } под номером { $reference }. Оно должно быть зашифровано, а у дежурной службы нет пригодного ключа для этого адреса. Сообщение не отправлено.
ask-no-key = Пришлите ваш действующий открытый ключ или сертификат на { $desk } или позвоните в дежурную службу. Отпечаток сверяется по телефону. После этого сообщение будет отправлено.

# Several alerts in one mail; a mail that asks for an acknowledgement.
digest-subject = [{ $label }] Сводка оповещений ({ $count })
digest-heading = Сводка оповещений
digest-lead = Ни одно из этих оповещений не срочное, поэтому вы получаете их вместе. У каждого свой номер дела, своя метка и своя ссылка для подтверждения.
reminder-subject = [{ $label }] { $reference } v{ $version }: просим подтвердить получение
reminder-text = Мы отправили вам { $reference } (версия { $version }) и ещё не получили подтверждения с этого адреса. Само оповещение — в нашем предыдущем письме. Откройте, пожалуйста, эту ссылку и сообщите, что им занялся человек:
reminder-text-sealed = Мы отправили вам { $reference } (версия { $version }) и ещё не получили подтверждения с этого адреса. Само оповещение — в нашем предыдущем, зашифрованном письме. Откройте, пожалуйста, ссылку в нём и сообщите, что им занялся человек.
reminder-rest = Если вы уже ответили, ничего делать не нужно.

## Подтверждение, обращение, доказательство

acknowledge = Подтвердить получение
acknowledge-why = Просим подтвердить, что этим занялся человек. Открытие ссылки ничего не подтверждает: страница спросит ваше имя или подразделение.
handling-clear = { $label }: распространение не ограничено (TLP 2.0, FIRST).
handling-green = { $label }: для вашего сообщества, не для публикации (TLP 2.0, FIRST).
handling-amber = { $label }: для вашей организации и её клиентов, которым нужно знать (TLP 2.0, FIRST).
handling-amber_strict = { $label }: только для вашей организации, для тех, кому нужно знать (TLP 2.0, FIRST).
handling-red = { $label }: лично для вас и ни для кого больше (TLP 2.0, FIRST).
complements = Это письмо дополняет путь через полицию и Интерпол (потерпевший, полиция, Национальное центральное бюро) и не заменяет его. Отсутствие предмета в списке не снимает с него подозрений.
ledger = Журнал на момент отправки: записей { $size }, корень { $root }. Сохраните это письмо: с ним любой сможет позже доказать, что было записано к этому времени.
ledger-none = Журнал на момент отправки: подписанного корня ещё нет.
machine = Это письмо отправлено машиной от имени дежурной службы. Ответы получает человек по адресу { $desk }.

## Даты

date = { $day } { $month } { $year } г.
month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря

## Коды

event-theft = Кража
event-illicit_export = Незаконный вывоз
event-looting = Разграбление
event-missing = Недостача, выявленная при проверке
event-sighting = Предмет замечен
event-seizure = Изъятие, владелец неизвестен
event-recovery = Обнаружение
event-restitution = Реституция
event-emergency = Чрезвычайная ситуация, собрание под угрозой

method-stolen = Похищено
method-burglary = Кража со взломом
method-robbery = Разбой
method-insider = Хищение сотрудником
method-substitution = Подмена копией
method-clandestine_excavation = Незаконные раскопки
method-detached_from_monument = Отделено от памятника
method-lost_in_transit = Утрачено при перевозке
method-not_returned = Не возвращено из временного пользования или вывоза
method-looted_in_conflict = Разграблено во время конфликта
method-unknown = Неизвестно

premises-museum = Музей
premises-place_of_worship = Культовое место
premises-archaeological_site = Археологический объект
premises-underwater_site = Подводный объект
premises-monument = Памятник или общественное место
premises-library = Библиотека
premises-archive = Архив
premises-private_home = Частный дом
premises-dealer = Галерея или торговец
premises-storage = Хранилище
premises-transport = Транспорт
premises-unknown = Неизвестно

permit-none = Нет разрешения
permit-refused = Отказано
permit-temporary_overdue = Временное, просрочено
permit-expired = Истекло
permit-forged = Подделано или изменено
permit-other_object = Подлинное, на другой предмет
permit-unknown = Неизвестно

certainty-observed = Подтверждено полицией или Национальным центральным бюро
certainty-likely = Вероятно: заявлено министерством, представительством или владельцем
certainty-possible = Возможно: из одного неофициального источника
certainty-unlikely = Маловероятно
certainty-unknown = Неизвестно

urgency-immediate = Немедленно: кража последних 72 часов либо предмет сейчас на продаже или на границе
urgency-expected = Скоро: недавно, есть следы
urgency-future = В будущем: объявленная продажа
urgency-past = В прошлом: давняя утрата

type-painting = Живопись
type-drawing_print = Рисунок или гравюра
type-sculpture = Скульптура
type-religious = Религиозный предмет
type-archaeological = Археологический предмет
type-monument_fragment = Фрагмент памятника
type-coin_medal = Монета или медаль
type-book_manuscript = Книга или рукопись
type-archive_av = Архив, звукозапись или фильм
type-ethnographic = Этнографический предмет
type-furniture = Мебель
type-ceramic_glass = Керамика или стекло
type-jewellery_metalwork = Ювелирное изделие или художественный металл
type-textile = Текстиль
type-arms_armour = Оружие или доспехи
type-clock_scientific = Часы или научный прибор
type-musical_instrument = Музыкальный инструмент
type-natural_specimen = Природный образец
type-stamp = Почтовая марка
type-other = Другое

flag-human_remains = Человеческие останки
flag-sacred_or_communal = Священный или общинный
flag-inventoried = Внесён в инвентарь
flag-national_treasure = Национальное достояние
flag-world_heritage_site = С объекта всемирного наследия
flag-conflict_area = Из района конфликта

dimension-height = Высота
dimension-width = Ширина
dimension-depth = Глубина
dimension-length = Длина
dimension-diameter = Диаметр
dimension-thickness = Толщина
dimension-weight = Масса

photographs-available = Есть у сообщившего
photographs-look_alike = Только похожего предмета
photographs-none = Фотографий не существует
photographs-unknown = Пока неизвестно

detection-inspection = Осмотр на месте
detection-satellite = Спутниковые снимки
detection-aerial = Аэросъёмка или съёмка с дрона
detection-witness = Сообщение свидетеля
detection-market = Находки такого рода на рынке

threat-armed_conflict = Вооружённый конфликт
threat-unrest = Беспорядки или грабежи поблизости
threat-natural_disaster = Землетрясение, буря или иное бедствие
threat-fire_or_flood = Пожар или наводнение
threat-unguarded = Осталось без охраны
threat-other = Другое

venue-auction = Аукцион или его каталог
venue-dealer = Галерея или торговец
venue-online = Интернет-торговля или социальные сети
venue-fair = Ярмарка или рынок
venue-border = Граница, порт или аэропорт
venue-museum = Музей или выставка
venue-private = Частное собрание
venue-other = В другом месте

link-set = Часть набора
link-pair = Один из пары
link-stolen_together = Похищено вместе

## What an update changes

section-changes = Что изменилось после версии { $version }
changed-fields = Изменённые поля
changed-none = ни одного из тех, что вам показаны
changed-more = Другие изменённые поля, см. ниже
changed-of-object = Предмет { $number }: { $field }
changed-before = { $field }, было
changed-now = { $field }, стало
changed-new = { $field }, новое
changed-gone = { $field }, удалено
field-label = Метка распространения
field-language = Язык сообщения
field-earliest = Не ранее
field-latest = Не позднее
field-object_added = добавлен
field-object_taken_out = исключён
field-photographs_shown = Фотографии, имеющиеся у бюро

## Mails about the directory

notice-change-subject = Tocsin: ожидается изменение вашей записи
notice-change = Предложено изменить запись партнёра { $partner } в нашем справочнике. Изменение ещё не внесено.
notice-change-ask = Если вы об этом просили, ничего делать не нужно. Если нет, сразу ответьте на это письмо или позвоните дежурному; тогда изменение будет остановлено.
notice-code-subject = Tocsin: подтвердите этот адрес
notice-code = Этот адрес указан в нашем справочнике партнёров для { $partner }. Подтвердите, что вы его читаете: откройте
notice-code-enter = и введите код { $code }
notice-code-unknown = Если вы не знаете, о чём идёт речь, ответьте на это письмо.
