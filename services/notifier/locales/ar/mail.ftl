# الرسائل وصفحة الرد بالعربية. المصطلحات: Object ID وCAP 1.2 وTLP 2.0 (لا تُترجم الوسوم أبدا).
# المفاتيح هي نفسها في الملف الإنجليزي؛ ويقارن اختبارٌ المفاتيح والمتغيرات.

## الموضوع والعنوان

subject-alert = [{ $label }] { $reference } v{ $version } · { $event }: { $title }
subject-update = [{ $label }] تحديث · { $reference } v{ $version } · { $event }: { $title }
subject-cancel = [{ $label }] ملغى · { $reference } v{ $version } · { $event }: { $title }
subject-recovery = [{ $label }] استُرد · { $reference } v{ $version } · { $event }: { $title }
subject-restitution = [{ $label }] رد الممتلكات · { $reference } v{ $version } · { $event }: { $title }
subject-expert_request = [{ $label }] طلب خبرة · { $reference } v{ $version } · { $event }: { $title }
subject-exercise = [{ $label }] تمرين تمرين · { $reference } v{ $version } · { $event }: { $title }
subject-withheld = [{ $label }] { $kind } · { $reference } v{ $version }

kind-alert = إنذار
kind-update = تحديث
kind-cancel = إلغاء
kind-recovery = استرداد
kind-restitution = إشعار برد الممتلكات
kind-expert_request = طلب خبرة
kind-exercise = تمرين

heading-alert = إنذار: { $event }
heading-update = تحديث: { $event }
heading-cancel = ملغى: { $event }
heading-recovery = استُرد: { $event }
heading-restitution = رد الممتلكات: { $event }
heading-expert_request = طلب خبرة: { $event }
heading-exercise = تمرين وليس إنذارا حقيقيا: { $event }
heading-withheld = { $kind }: المضمون محجوب
version = { $reference }، الإصدار { $version }، إلى { $partner }

## ما الأمر وما المطلوب

lead-alert = { $count ->
    [one] فيما يلي وصف قطعة واحدة. نرجو المساعدة في العثور عليها.
    [two] فيما يلي وصف قطعتين. نرجو المساعدة في العثور عليهما.
    [few] فيما يلي وصف { $count } قطع. نرجو المساعدة في العثور عليها.
    [many] فيما يلي وصف { $count } قطعة. نرجو المساعدة في العثور عليها.
   *[other] فيما يلي وصف { $count } قطعة. نرجو المساعدة في العثور عليها.
}
lead-alert-type = لا توجد قائمة بما أُخذ. نرجو الانتباه إلى القطع من النوع الموصوف أدناه أينما ظهرت دون ماضٍ يمكن التحقق منه.
lead-alert-owner = تحتفظ سلطة بما يرد وصفه أدناه ولا يُعرف صاحبه. نرجو المساعدة في العثور على المالك أو على مكان المنشأ.
lead-alert-match = شوهد ما يرد وصفه أدناه. نرجو إخبارنا إن كنتم تعرفون أنه مفقود. وهذا سري: فكلمة زائدة قد تنقل القطعة.
lead-update = تغيّر ما أُبلغتم به عن هذه القضية. ويحل هذا النص محل جميع الإصدارات السابقة.
lead-cancel = كان هذا الإنذار خاطئا. ولم يعد هناك ما يُبحث عنه تحت هذا الرقم.
lead-recovery = { $count ->
    [one] استُردت القطعة. انتهى البحث؛ ولا يقال هنا لمن هي.
    [two] استُردت القطعتان. انتهى البحث؛ ولا يقال هنا لمن هما.
   *[other] استُردت القطع. انتهى البحث؛ ولا يقال هنا لمن هي.
}
lead-recovery-partly = القطع المستردة، وهي موصوفة أدناه: { $count }. القطع الأخرى من هذه القضية التي لا يزال البحث عنها جاريا: { $others }.
lead-restitution = { $count ->
    [one] هناك جديد بشأن إعادة القطعة التي أُبلغتم بها. ولا تنحاز هذه الرسالة في مسألة ملكيتها.
    [two] هناك جديد بشأن إعادة القطعتين اللتين أُبلغتم بهما. ولا تنحاز هذه الرسالة في مسألة ملكيتهما.
   *[other] هناك جديد بشأن إعادة القطع التي أُبلغتم بها. ولا تنحاز هذه الرسالة في مسألة ملكيتها.
}
lead-expert_request = { $count ->
    [one] فيما يلي وصف قطعة واحدة. نطلب رأيكم الخبير: ما هي ومن أين أتت.
    [two] فيما يلي وصف قطعتين. نطلب رأيكم الخبير: ما هما ومن أين أتتا.
    [few] فيما يلي وصف { $count } قطع. نطلب رأيكم الخبير: ما هي ومن أين أتت.
   *[other] فيما يلي وصف { $count } قطعة. نطلب رأيكم الخبير: ما هي ومن أين أتت.
}
lead-exercise = هذا تمرين. لم يحدث شيء ولم يُفقد شيء: نختبر وصول إنذاراتنا إليكم. نرجو تأكيد الاستلام وعدم تمريره على أنه إنذار.
lead-withheld = { $label } موجه إليكم شخصيا، والبريد تقرؤه آلات ونوّاب. لذلك لا مضمون لهذه الرسالة: نرجو سؤال المكتب على { $desk } مع ذكر { $reference }.

section-ask = ما نطلبه منكم
ask-alert-look = { $count ->
    [two] انتبهوا إليهما في المبيعات ولدى التجار وعلى الإنترنت وفي العبور وعند الحدود.
   *[other] انتبهوا إليها في المبيعات ولدى التجار وعلى الإنترنت وفي العبور وعند الحدود.
}
ask-alert-hold = { $count ->
    [two] لا تشتروهما ولا تبيعوهما ولا تنقلوهما ولا تقبلوهما، ولا تنبهوا من يحوزهما.
   *[other] لا تشتروها ولا تبيعوها ولا تنقلوها ولا تقبلوها، ولا تنبهوا من يحوزها.
}
ask-alert-report = إن رأيتم شيئا فأبلغوا شرطتكم أولا. ثم أجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk } واذكروا { $reference }.
ask-type-look = انتبهوا إلى مثل هذه القطع في المبيعات ولدى التجار وعلى الإنترنت وفي العبور وعند الحدود، واسألوا عن مصدرها.
ask-type-hold = لا تشتروا ولا تبيعوا ولا تنقلوا ولا تقبلوا ما لا يستطيع أحد إثبات مصدره.
ask-owner-look = قارنوا بسجلاتكم وقوائم جردكم ومطالباتكم.
ask-owner-pass = اسألوا في مؤسستكم من يعرف القطع من هذا النوع.
ask-owner-report = أجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk } واذكروا { $reference }، حتى إن لم تكونوا متأكدين.
ask-match-look = قارنوا بسجلاتكم للقطع المفقودة والمسروقة.
ask-match-quiet = لا تخبروا من لا حاجة له بالعلم، ولا تتصلوا بمن يعرضها.
ask-update-replace = ضعوا هذا الإصدار مكان السابق حيثما حفظتموه.
ask-update-pass = مرروا هذا الإصدار إلى كل من تلقى منكم إصدارا سابقا.
ask-update-report = إن كنتم رأيتم شيئا فأبلغوا شرطتكم أولا. ثم أجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk } واذكروا { $reference }.
ask-cancel-stop = أوقفوا البحث، واحذفوا ما سجلتموه أو صححوه.
ask-cancel-pass = أبلغوا كل من تلقى منكم الإنذار بإلغائه.
ask-cancel-report = إن تصرفتم بناء على الإنذار أو شككتم في إلغائه، فأجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk } واذكروا { $reference }.
ask-recovery-stop = أوقفوا البحث، ودوّنوا الاسترداد حيث سجلتم الإنذار.
ask-recovery-pass = أبلغوا كل من تلقى منكم الإنذار بأن البحث انتهى.
ask-recovery-report = إن كنتم تعرفون المزيد فأجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk } واذكروا { $reference }.
ask-partly-stop = أوقفوا البحث عما هو موصوف أدناه، ودوّنوا ذلك حيث سجلتم الإنذار. وواصلوا البحث عن القطع الأخرى.
ask-partly-pass = أبلغوا كل من تلقى منكم الإنذار بالقطع التي استُردت.
ask-restitution-note = دوّنوا ذلك حيث سجلتم الإنذار.
ask-restitution-pass = أبلغوا كل من تلقى منكم الإنذار.
ask-restitution-report = إن كنتم تعرفون المزيد فأجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk } واذكروا { $reference }.
ask-expert_request-look = قارنوا بما تعرفون: النوع والمادة والنقوش وأماكن العثور والمنشورات.
ask-expert_request-hold = { $count ->
    [one] اقصروا هذا الطلب على من تحتاجون إلى رأيهم، ولا تتصلوا بمن قد يحوز القطعة.
    [two] اقصروا هذا الطلب على من تحتاجون إلى رأيهم، ولا تتصلوا بمن قد يحوز القطعتين.
   *[other] اقصروا هذا الطلب على من تحتاجون إلى رأيهم، ولا تتصلوا بمن قد يحوز القطع.
}
ask-expert_request-report = أجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk } واذكروا { $reference }، وبيّنوا مدى يقينكم وسببه.
ask-exercise-look = أكدوا استلام هذه الرسالة كما تؤكدون استلام إنذار.
ask-exercise-hold = لا تسجلوا شيئا ولا تبحثوا عن شيء ولا تنبهوا أحدا: { $reference } تمرين.
ask-exercise-report = إن لم يعمل رابط أو عنوان فأجيبوا عن هذه الرسالة أو اكتبوا إلى { $desk }.

section-message-alert = من المكتب
section-message-update = ما الذي تغيّر
section-message-cancel = سبب الإلغاء
section-message-recovery = عن الاسترداد
section-message-restitution = عن الإعادة
section-message-expert_request = ما نسأل عنه
section-message-exercise = عن التمرين
original-note = تشير [{ $code }] إلى كلمات البلاغ أو المكتب بلغتها الأصلية، { $language }. وهي لا تُترجم.
shortened = … (مختصر)
left-out = { $count ->
    [one] قطعة أخرى جزء من هذه القضية ولم تُدرج هنا. اطلبوا القائمة من المكتب على { $desk }.
    [two] قطعتان أخريان جزء من هذه القضية ولم تُدرجا هنا. اطلبوا القائمة من المكتب على { $desk }.
    [few] { $count } قطع أخرى جزء من هذه القضية ولم تُدرج هنا. اطلبوا القائمة من المكتب على { $desk }.
   *[other] { $count } قطعة أخرى جزء من هذه القضية ولم تُدرج هنا. اطلبوا القائمة من المكتب على { $desk }.
}

## الأقسام والتسميات

labelled = { $label }:
section-case = القضية
section-circumstances = الظروف
section-object = القطعة { $number } من { $count }
section-typology = ما يُبحث عنه
label-title = العنوان
label-event = الحدث
label-country = البلد
label-lost = فُقد
label-discovered = لوحظ في
label-detected = كُشف في
label-since = في خطر
label-seized = ضُبط في
label-seen = شوهد في
label-certainty = درجة التأكد
label-urgency = درجة الاستعجال
label-share = ما يُعرض عليكم
lost-on = في { $earliest }
lost-between = بين { $earliest } و{ $latest }
share-full = بيانات القطع والظروف
share-object_data = بيانات القطع فقط
label-holder = الحائز
label-responsible = المسؤول عن الموقع
label-kept-by = محفوظ لدى
label-offered-by = عرضه
label-site = الموقع
label-site-number = رقم الموقع
label-detected-by = كُشف بواسطة
label-extent = مدى الضرر
label-listed-in = مدرج في
label-depositor = أودعه أو أعاره
label-threat = الخطر
label-collection = المجموعة
label-seized-by = ضبطه
label-likely-origins = قد يأتي من
label-sent-from = أُرسل من
label-bound-for = متجه إلى
label-venue = أين
label-found-under = مسجل باسم
label-sale = بيع معلن
label-types = أنواع القطع
label-red-list = القائمة الحمراء للإيكوم
label-made = صُنع
label-link = يشكل معا
made-in = { $from }
made-between = بين { $from } و{ $to }
year-before = { $year } ق.م
decimal-sign = .
label-place = المكان
label-subdivision = التقسيم الإداري
label-premises = نوع المكان
label-method = الكيفية
label-police = رقم الشرطة
police-not-yet = لا يوجد بعد
label-authority = السلطة المبلَّغة
label-authority-on = أُبلغت في
label-narrative = ما حدث
label-claiming = الدولة المطالِبة
label-lawful = آخر مكان مشروع
label-permit = ترخيص التصدير
label-certificate = رقم الشهادة
label-law = القانون المستند إليه
label-route = المسار المفترض
label-destination = الوجهة المفترضة
label-type = النوع
label-type-detail = النوع بالتفصيل
label-materials = المواد والتقنيات
label-measurements = القياسات
label-inscriptions = النقوش والعلامات
label-features = السمات المميزة
label-subject = الموضوع
label-date = التاريخ أو الحقبة
label-maker = الصانع أو الثقافة
label-description = الوصف
label-inventory = رقم الجرد
label-related-material = وثائق ذات صلة
label-origin = بلد المنشأ أو العثور
label-origin-text = مكان المنشأ بالكلمات
label-related-objects = قطع ذات صلة
label-documented = تاريخ التوثيق
label-photographs = الصور
label-flags = كذلك

## By the link, files, pictures

heading-reference = { $kind }: يُقرأ عبر الرابط
lead-reference = ما يشمله { $label } لا يُرسَل في هذه الرسالة. اقرأه في الصفحة التي يقود إليها الرابط أدناه، مع صوره وملفاته.
read = اقرأه
read-why = تطلب منك الصفحة الضغط على زر، لأن الآلات تفتح الروابط أيضًا. الرابط لك وحدك، فلا تمرره إلى غيرك.
read-title = { $reference } الإصدار { $version }
read-button = اعرضه
read-before = ما ستقرؤه خاضع لـ { $label }. ويُسجَّل أنك فتحته.
section-files = الملفات
file-cap = للأنظمة التي تستقبل التنبيهات (CAP 1.2)
file-json = لبرامج أخرى (JSON)
file-sheet = بطاقة Object ID للقطعة { $number }
file-enclosed = مرفق
file-by-link = عبر الرابط أدناه
label-picture = صورة
label-look-alike = صورة قطعة أخرى تشبهها

## Nothing could be encrypted

subject-no-key = [{ $label }] { $reference } v{ $version }: رسالة تعذر تشفيرها لكم
heading-no-key = رسالة تعذر تشفيرها لكم
lead-no-key = لدى المكتب رسالة إلى { $partner } تحت الرقم { $reference }. يجب أن تكون مشفَّرة، وليس لدى المكتب مفتاح صالح لهذا العنوان. لم تُرسَل الرسالة.
ask-no-key = أرسلوا مفتاحكم العام أو شهادتكم الحالية إلى { $desk }، أو اتصلوا بالمكتب. تُقارَن البصمة هاتفيًا، ثم تُرسَل الرسالة.

# Several alerts in one mail; a mail that asks for an acknowledgement.
digest-subject = [{ $label }] موجز التنبيهات ({ $count })
digest-heading = موجز التنبيهات
digest-lead = لا شيء من هذه التنبيهات عاجل، لذلك تصلكم معا. لكل منها رقم قضية ووسم ورابط خاص لتأكيد استلامه.
reminder-subject = [{ $label }] { $reference } v{ $version }: نرجو تأكيد الاستلام
reminder-text = أرسلنا إليكم { $reference } (الإصدار { $version }) ولم يصلنا بعد تأكيد من هذا العنوان. التنبيه نفسه في رسالتنا السابقة. نرجو فتح هذا الرابط وإبلاغنا بأن شخصا استلمه:
reminder-text-sealed = أرسلنا إليكم { $reference } (الإصدار { $version }) ولم يصلنا بعد تأكيد من هذا العنوان. التنبيه نفسه في رسالتنا السابقة المشفرة. نرجو فتح الرابط الوارد فيها وإبلاغنا بأن شخصا استلمه.
reminder-rest = إذا كنتم قد أجبتم في هذه الأثناء فلا حاجة إلى أي إجراء.

## تأكيد الاستلام، والتعامل، والإثبات

acknowledge = تأكيد الاستلام
acknowledge-why = نرجو تأكيد أن شخصا تولى هذا الأمر. فتح الرابط لا يؤكد شيئا: تسأل الصفحة عن اسمكم أو وحدتكم.
handling-clear = { $label }: لا قيد على النشر (TLP 2.0، FIRST).
handling-green = { $label }: لمجتمعكم المهني، وليس للنشر (TLP 2.0، FIRST).
handling-amber = { $label }: لمؤسستكم وعملائها ممن يحتاجون إلى العلم (TLP 2.0، FIRST).
handling-amber_strict = { $label }: لمؤسستكم فقط، لمن يحتاج إلى العلم (TLP 2.0، FIRST).
handling-red = { $label }: لكم شخصيا ولا لأحد غيركم (TLP 2.0، FIRST).
complements = تكمّل هذه الرسالة مسار الشرطة والإنتربول (الضحية، الشرطة، المكتب المركزي الوطني) ولا تحل محله. وعدم إدراج قطعة لا يبرئها.
ledger = السجل عند الإرسال: { $size } من القيود، الجذر { $root }. احتفظوا بهذه الرسالة: بها يستطيع أي كان أن يثبت لاحقا ما كان مسجلا حتى ذلك الحين.
ledger-none = السجل عند الإرسال: لا جذر موقعا بعد.
machine = أرسلت آلة هذه الرسالة باسم المكتب. وتصل الردود إلى شخص على { $desk }.

## التواريخ

date = { $day } { $month } { $year }
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر

## الرموز

event-theft = سرقة
event-illicit_export = تصدير غير مشروع
event-looting = نهب
event-missing = فقدان تبيّن عند الجرد
event-sighting = مشاهدة
event-seizure = ضبط، المالك مجهول
event-recovery = استرداد
event-restitution = رد الممتلكات
event-emergency = طارئ، مجموعة في خطر

method-stolen = مسروق
method-burglary = سرقة بالكسر
method-robbery = سطو بعنف
method-insider = اختلاس من الداخل
method-substitution = استبدال بنسخة
method-clandestine_excavation = تنقيب سري
method-detached_from_monument = اقتُلع من معلم
method-lost_in_transit = فُقد أثناء النقل
method-not_returned = لم يُعد من إعارة أو تصدير مؤقت
method-looted_in_conflict = نُهب أثناء نزاع
method-unknown = غير معروف

premises-museum = متحف
premises-place_of_worship = مكان عبادة
premises-archaeological_site = موقع أثري
premises-underwater_site = موقع مغمور بالمياه
premises-monument = معلم أو مكان عام
premises-library = مكتبة
premises-archive = دار محفوظات
premises-private_home = منزل خاص
premises-dealer = صالة عرض أو تاجر
premises-storage = مخزن
premises-transport = نقل
premises-unknown = غير معروف

permit-none = لا ترخيص
permit-refused = مرفوض
permit-temporary_overdue = مؤقت، تجاوز أجله
permit-expired = منتهي الصلاحية
permit-forged = مزور أو محرّف
permit-other_object = أصلي لقطعة أخرى
permit-unknown = غير معروف

certainty-observed = مؤكد من الشرطة أو من مكتب مركزي وطني
certainty-likely = مرجّح: صرحت به وزارة أو وفد أو الحائز
certainty-possible = ممكن: من مصدر واحد غير رسمي
certainty-unlikely = مستبعد
certainty-unknown = غير معروف

urgency-immediate = فوري: سرقة خلال آخر 72 ساعة، أو قطعة معروضة أو عند حدود الآن
urgency-expected = قريب: حديث وفيه خيوط
urgency-future = مستقبلي: بيع معلن
urgency-past = ماضٍ: فقدان قديم

type-painting = لوحة
type-drawing_print = رسم أو طبعة فنية
type-sculpture = منحوتة
type-religious = قطعة دينية
type-archaeological = قطعة أثرية
type-monument_fragment = جزء من معلم
type-coin_medal = عملة أو ميدالية
type-book_manuscript = كتاب أو مخطوط
type-archive_av = وثيقة أو تسجيل أو فيلم
type-ethnographic = قطعة إثنوغرافية
type-furniture = أثاث
type-ceramic_glass = خزف أو زجاج
type-jewellery_metalwork = حلي أو مشغولات معدنية
type-textile = نسيج
type-arms_armour = أسلحة أو دروع
type-clock_scientific = ساعة أو أداة علمية
type-musical_instrument = آلة موسيقية
type-natural_specimen = عينة طبيعية
type-stamp = طابع بريدي
type-other = أخرى

flag-human_remains = رفات بشرية
flag-sacred_or_communal = مقدس أو جماعي
flag-inventoried = مجرود
flag-national_treasure = كنز وطني
flag-world_heritage_site = من موقع تراث عالمي
flag-conflict_area = من منطقة نزاع

dimension-height = الارتفاع
dimension-width = العرض
dimension-depth = العمق
dimension-length = الطول
dimension-diameter = القطر
dimension-thickness = السماكة
dimension-weight = الوزن

photographs-available = متاحة لدى المبلِّغ
photographs-look_alike = لقطعة شبيهة فقط
photographs-none = لا توجد صورة
photographs-unknown = غير معروف بعد

detection-inspection = معاينة ميدانية
detection-satellite = صور أقمار صناعية
detection-aerial = مسح جوي أو بطائرة مسيّرة
detection-witness = رواية شاهد
detection-market = لقى من نوعه في السوق

threat-armed_conflict = نزاع مسلح
threat-unrest = اضطرابات أو نهب في الجوار
threat-natural_disaster = زلزال أو عاصفة أو كارثة أخرى
threat-fire_or_flood = حريق أو فيضان
threat-unguarded = تُرك بلا حراسة
threat-other = أخرى

venue-auction = مزاد أو كتالوجه
venue-dealer = صالة عرض أو تاجر
venue-online = سوق إلكتروني أو تواصل اجتماعي
venue-fair = معرض تجاري أو سوق
venue-border = حدود أو ميناء أو مطار
venue-museum = متحف أو معرض
venue-private = مجموعة خاصة
venue-other = مكان آخر

link-set = جزء من طقم
link-pair = واحد من زوج
link-stolen_together = أُخذت معا

## What an update changes

section-changes = ما تغيّر منذ النسخة { $version }
changed-fields = الحقول التي تغيّرت
changed-none = لا شيء مما يُعرض عليكم
changed-more = حقول أخرى تغيّرت، انظر أدناه
changed-of-object = القطعة { $number }: { $field }
changed-before = { $field }، سابقًا
changed-now = { $field }، الآن
changed-new = { $field }، جديد
changed-gone = { $field }، حُذف
field-label = علامة التداول
field-language = لغة البلاغ
field-earliest = ليس قبل
field-latest = ليس بعد
field-object_added = أضيفت
field-object_taken_out = حُذفت
field-photographs_shown = الصور المتوفرة لدى المكتب

## Mails about the directory

notice-change-subject = Tocsin: تغيير في بياناتكم في انتظار التأكيد
notice-change = اقتُرح تغيير في بيانات { $partner } في دليل شركائنا. ولم يُنفَّذ بعد.
notice-change-ask = إذا كنتم قد طلبتم ذلك فلا حاجة إلى أي إجراء. وإلا فيُرجى الرد على هذه الرسالة أو الاتصال بالمكتب فوراً، وعندئذ يوقَف التغيير.
notice-code-subject = Tocsin: يُرجى تأكيد هذا العنوان
notice-code = هذا العنوان مدرج في دليل شركائنا باسم { $partner }. يُرجى تأكيد أنكم تقرؤونه: افتحوا
notice-code-enter = وأدخلوا الرمز { $code }
notice-code-unknown = إذا كنتم لا تعرفون موضوع هذه الرسالة فيُرجى الرد عليها.
