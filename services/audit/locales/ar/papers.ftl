# النصوص الثابتة للوثائق المطبوعة. يملأ القالب %page و %total.
page-of = صفحة %page من %total
evidence = إثبات الإخطار
case = القضية
about = الموضوع
reference = المرجع
event = الواقعة
country = البلد
lost-between = فُقد بين
registered = سُجّلت
as-of = الحالة في
label = درجة التداول
none = لا يوجد
summary = باختصار
sum-versions = { $count ->
    [zero] لم تصدر أي نسخة من التنبيه.
    [one] صدرت نسخة واحدة من التنبيه.
    [two] صدرت نسختان من التنبيه.
    [few] صدرت { $count } نسخ من التنبيه.
    [many] صدرت { $count } نسخة من التنبيه.
   *[other] صدرت { $count } نسخة من التنبيه.
}
sum-told = { $partners ->
    [zero] لم يُخطر أي شريك
    [one] أُخطر شريك واحد
    [two] أُخطر شريكان
    [few] أُخطر { $partners } شركاء
    [many] أُخطر { $partners } شريكًا
   *[other] أُخطر { $partners } شريك
} على { $addresses ->
    [one] عنوان واحد
    [two] عنوانين
    [few] { $addresses } عناوين
   *[other] { $addresses } عنوان
}؛ قبِل خادم البريد { $accepted }، وأكد الاستلام { $acknowledged }.
sum-not-told = { $count ->
    [zero] لم يُستثن أي شريك.
    [one] لم يُخطر شريك واحد؛ والسبب مذكور أدناه.
    [two] لم يُخطر شريكان؛ والأسباب مذكورة أدناه.
    [few] لم يُخطر { $count } شركاء؛ والأسباب مذكورة أدناه.
    [many] لم يُخطر { $count } شريكًا؛ والأسباب مذكورة أدناه.
   *[other] لم يُخطر { $count } شريك؛ والأسباب مذكورة أدناه.
}
accepted-means = «مقبول» يعني أن خادم بريد الشريك تولى مسؤولية الرسالة، ولا يعني أنها سُلّمت أو قُرئت: وحده تأكيد الاستلام يدل على أن شخصًا رآها.
verified = كيف تحقق المكتب
when = متى
certainty = درجة اليقين
on-which-evidence = بأي دليل
by-whom = من
note = ملاحظة
not-verified = لم يُتحقق من القضية.
version = النسخة { $number }: { $kind }
drafted = صيغت
released = صدرت
by = { $when }، { $who }
reach = مقصورة على
decided = تحديد المتلقين
decided-by = { $when }، بمجموعة القواعد { $rules } على مراجعة الدليل { $directory }
undecided = ما زال تحديد المتلقين جاريًا.
told-of = من أُخطر
partner = الشريك
kind = الفئة
shown = المحتوى
why = لماذا
what-happened = ما حدث
acknowledged = تأكيد الاستلام
not-yet = ليس بعد
possible-repeat = تكرار محتمل، Message-ID نفسه
on-the-wire = قيد الإرسال
no-attempt = لا محاولة بعد
at-stage = عند { $stage }
mail-sha256 = الرسالة، SHA-256
not-told-of = من لم يُخطر
reason = لماذا لا
nobody-told = لم يُخطر أحد بهذه النسخة.
follow-up = { $heard ->
    [zero] لم يتلق أي شريك نسخة سابقة
    [one] تلقى شريك واحد نسخة سابقة
    [two] تلقى شريكان نسخة سابقة
    [few] تلقى { $heard } شركاء نسخة سابقة
    [many] تلقى { $heard } شريكًا نسخة سابقة
   *[other] تلقى { $heard } شريك نسخة سابقة
}؛ وُجهت هذه إلى { $again } منهم وقُبلت لدى { $accepted }.
missed = لم تصل إليهم مع أنهم تلقوا نسخة سابقة
proof = الإثبات
proof-means = كل واقعة أعلاه قيدٌ في سجل لا يقبل إلا الإضافة (RFC 6962). نقطة التحقق أدناه موقعة؛ والجذور نفسها تُرسل في كل رسالة، فكل شريك شاهد عليها. يستطيع أي شخص إعادة حساب الجذر ومقارنته: tocsin ledger verify --checkpoint FILE.
ledger-root = الجذر
ledger-size = عدد القيود
ledger-signed = وُقّعت
ledger-key = مفتاح التحقق
checkpoint = نقطة التحقق
entries-of-case = قيود هذه القضية
entry = القيد
fact = الواقعة
happened = حدثت
identifier = المعرّف
deliveries-entered = { $count ->
    [one] قيد آخر يسجل محاولة تسليم (القيد { $first }).
    [two] قيدان آخران يسجلان محاولات التسليم (القيود { $first } إلى { $last }).
    [few] { $count } قيود أخرى تسجل محاولات التسليم (القيود { $first } إلى { $last }).
   *[other] { $count } قيدًا آخر يسجل محاولات التسليم (القيود { $first } إلى { $last }).
}
inclusion = تضمين القرارات
inclusion-means = تُجزّأ الورقة مع كل شقيق على التوالي (RFC 6962، ‏2.1.1)؛ ويجب أن تكون النتيجة هي الجذر أعلاه.
leaf = الورقة
siblings = الأشقاء
no-ledger = لا نقطة تحقق في السجل بعد.
footer-root = السجل { $size }، الجذر { $root }
pack = ملف الاجتماع
pack-of-all = جميع الشركاء والمناطق
pack-of-partner = الشريك: { $name }
pack-of-region = المنطقة: { $name }
pack-reproduce = محسوب من قيود السجل { $from } إلى { $to } (من { $first } إلى { $last }). القيود نفسها تعطي الأرقام نفسها في أي نسخة من السجل.
pack-figures = الأرقام
pack-figure = المؤشر
pack-value = القيمة
pack-unit = الوحدة
pack-cases = القضايا المسجلة
pack-alerts = التنبيهات الصادرة
pack-updates = التصحيحات والتحديثات
pack-cancels = التنبيهات المسحوبة لخطئها
pack-recoveries = حالات الاسترداد المبلغة للشركاء
pack-returns = حالات الإعادة المبلغة للشركاء
pack-told = الشركاء المخطرون
pack-not-told = الشركاء غير المخطرين، مع السبب
pack-accepted = الرسائل التي قبلها خادم الشريك
pack-came-back = منها ما عاد
pack-refused = الرسائل المرفوضة أو المتروكة
pack-acknowledged = تأكيدات الاستلام
pack-to-accepted = من الإصدار إلى القبول، الوسيط
pack-to-accepted-95 = من الإصدار إلى القبول، المئين 95
pack-to-acknowledged = من الإصدار إلى التأكيد، الوسيط
pack-to-acknowledged-95 = من الإصدار إلى التأكيد، المئين 95
pack-sightings = المشاهدات المبلغ عنها
unit-cases = قضايا
unit-versions = نسخ التنبيه
unit-notifications = إخطارات
unit-mails = رسائل
unit-answers = إجابات
unit-time = ساعات:دقائق:ثوان
unit-sightings = مشاهدات
pack-no-value = لا بيانات
pack-by-month = نسخ التنبيه حسب الشهر
pack-by-kind = الإخطارات حسب فئة الشريك
pack-by-country = القضايا بحسب بلد الفقدان
pack-by-wait = الإخطارات بحسب سرعة تأكيد الاستلام
wait-hour = خلال ساعة
wait-four-hours = خلال 4 ساعات
wait-day = خلال 24 ساعة
wait-three-days = خلال 3 أيام
wait-longer = بعد ذلك
wait-none = ليس بعد
unit-objects = قطع
pack-objects-recovered = القطع المستردة
pack-objects-returned = القطع المعادة
pack-map-means = الحدود الخارجية: Natural Earth. لا تعني الأسماء والحدود الواردة في هذه الخريطة أي رأي في وضع أي بلد أو إقليم.
pack-sightings-open = منها ما لم يُبتّ فيه بعد
pack-ways = إجراءات الإعادة المفتوحة
pack-reminders = تذكيرات بالمهل
unit-reminders = تذكيرات
pack-clocks = المهل الجارية
pack-clocks-as-of = الوضع في { $moment }، وليس مأخوذاً من القيود: تذكيرات محسوبة من وقائع مؤكدة، وليست مشورة قانونية.
pack-limit = المهلة
pack-last-day = آخر يوم
time-limit-unidroit_3_3_knowledge = مطالبة بقطعة مسروقة: ثلاث سنوات من تاريخ العلم (اتفاقية يونيدروا لعام 1995، المادة 3(3))
time-limit-unidroit_3_3_theft = مطالبة بقطعة مسروقة: خمسون سنة من تاريخ السرقة (اتفاقية يونيدروا لعام 1995، المادة 3(3))
time-limit-unidroit_5_5_knowledge = طلب بعد تصدير غير مشروع: ثلاث سنوات من تاريخ العلم (اتفاقية يونيدروا لعام 1995، المادة 5(5))
time-limit-unidroit_5_5_export = طلب بعد تصدير غير مشروع: خمسون سنة من تاريخ التصدير (اتفاقية يونيدروا لعام 1995، المادة 5(5))
time-limit-directive_5_3_check = التحقق من القطعة: ستة أشهر من تاريخ الإخطار (التوجيه 2014/60/EU، المادة 5)
time-limit-directive_8_1_knowledge = دعوى الإعادة: ثلاث سنوات من تاريخ العلم (التوجيه 2014/60/EU، المادة 8(1))
time-limit-directive_8_1_removal = دعوى الإعادة: ثلاثون سنة من تاريخ الإخراج غير المشروع (التوجيه 2014/60/EU، المادة 8(1))
time-limit-directive_8_1_collection = دعوى الإعادة، مجموعة عامة: خمس وسبعون سنة (التوجيه 2014/60/EU، المادة 8(1))
time-limit-icprcp_reply = الرد على الاستمارة: سنة واحدة من تاريخ إرسالها (ICPRCP، 1986)
bounce-failed = تعذّر تسليمه
bounce-complaint = أُبلغ عنه بوصفه غير مرغوب فيه
basis-rule = القاعدة { $rule }: { $because } ({ $matched }).
basis-told-before = أُبلغ بالنسخة { $version } من هذه القضية، ولذلك يُبلغ بكل نسخة لاحقة.
basis-succeeds = يخلف { $name } الذي أُبلغ بالنسخة { $version } من هذه القضية، ولذلك يُبلغ بكل نسخة لاحقة.
basis-added = أضافه موظف: { $reason }
not-inactive = الشريك معطّل في الدليل.
not-no-rule-closest = لا تختاره أي قاعدة؛ أقربها { $rule }: { $failed }.
not-no-rule = لا تختاره أي قاعدة: { $failed }.
not-told-before = لم يُبلغ بأي نسخة سابقة، وهذه النسخة لا تُرسل إلا إلى من أُبلغوا من قبل.
not-reach = قصر المكتب هذا التنبيه على: { $reach }.
not-clearance = التصنيف { $label } أعلى من مستوى اطلاعه { $clearance }.
not-no-named-person = التصنيف { $label } مخصص لأشخاص معيّنين بالاسم، وليس لديه من هو مخوّل.
not-no-address = لا عنوان له في الدليل.
not-valid = ينص الدليل على عدم إبلاغه في { $day }.
not-removed = استبعده موظف: { $reason }
not-other-means = سبق إبلاغه بالنسخة { $version }: يُتواصل معه بوسيلة أخرى.
pack-gaps = ثغرات التغطية
pack-gaps-means = البلدان ({ $region }) التي ليس لها في الدليل (المراجعة { $revision }) شريك شرطة فاعل: { $count } من { $total }.
pack-no-gaps = لكل بلد شريك شرطة فاعل في الدليل (المراجعة { $revision }).
pack-alerts-list = نسخ التنبيه في هذه الفترة
pack-told-column = المخطرون
pack-median-ack = التأكيد، الوسيط
pack-no-alerts = لم يصدر أي تنبيه في هذه القيود.
alert-version = النسخة
month = الشهر
count = العدد
object-sheet = بطاقة Object ID
event-theft = سرقة
event-illicit_export = تصدير غير مشروع
event-looting = نهب
event-missing = مفقود عند الجرد
event-sighting = مشاهدة
event-seizure = ضبط، المالك مجهول
event-recovery = استرداد
event-restitution = إعادة
event-emergency = حالة طارئة، مجموعة مهددة
alert-kind-alert = تنبيه
alert-kind-update = تحديث
alert-kind-cancel = إلغاء
alert-kind-recovery = استرداد
alert-kind-restitution = إعادة
reach-police = الشرطة فقط
reach-all = جميع الشركاء
partner-kind-police = الشرطة أو مؤسسة وطنية
partner-kind-igo = منظمة حكومية دولية
partner-kind-ngo = منظمة غير حكومية
partner-kind-research = معهد بحوث
share-full = كامل
share-object_data = بيانات القطعة فقط
delivery-state-pending = في الانتظار
delivery-state-accepted = قبله خادم البريد
delivery-state-refused = رفضه خادم البريد
delivery-state-uncertain = غير مؤكد
delivery-state-expired = انتهت المهلة
delivery-state-held = محجوز
delivery-state-cancelled = ملغى
outcome-accepted = مقبول
outcome-deferred = مؤجل
outcome-refused = مرفوض
outcome-uncertain = غير مؤكد
certainty-observed = ثابت
certainty-likely = مرجح
certainty-possible = ممكن
certainty-unlikely = مستبعد
certainty-unknown = غير معروف
alert-kind-expert_request = طلب خبرة
alert-kind-exercise = تمرين
evidence-police_report = محضر شرطة
evidence-ncb_message = رسالة من مكتب مركزي وطني
evidence-ministry_note = مذكرة وزارة
evidence-inventory_extract = مستخرج جرد
evidence-stock_taking = تقرير جرد
evidence-export_refusal = رفض تصدير
evidence-site_inspection = تفتيش الموقع
evidence-satellite_analysis = تحليل صور فضائية
evidence-press_only = الصحافة فقط
