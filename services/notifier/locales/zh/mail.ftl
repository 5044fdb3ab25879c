# 中文邮件与回复页面。术语：Object ID、CAP 1.2、TLP 2.0（标签从不翻译）。
# 各键与英文文件相同；测试会比对键与参数。

## 主题与标题

subject-alert = [{ $label }] { $reference } v{ $version } · { $event }：{ $title }
subject-update = [{ $label }] 更新 · { $reference } v{ $version } · { $event }：{ $title }
subject-cancel = [{ $label }] 撤销 · { $reference } v{ $version } · { $event }：{ $title }
subject-recovery = [{ $label }] 已追回 · { $reference } v{ $version } · { $event }：{ $title }
subject-restitution = [{ $label }] 返还 · { $reference } v{ $version } · { $event }：{ $title }
subject-expert_request = [{ $label }] 专家咨询 · { $reference } v{ $version } · { $event }：{ $title }
subject-exercise = [{ $label }] 演练 演练 · { $reference } v{ $version } · { $event }：{ $title }
subject-withheld = [{ $label }] { $kind } · { $reference } v{ $version }

kind-alert = 警报
kind-update = 更新
kind-cancel = 撤销
kind-recovery = 追回
kind-restitution = 返还通知
kind-expert_request = 专家咨询
kind-exercise = 演练

heading-alert = 警报：{ $event }
heading-update = 更新：{ $event }
heading-cancel = 已撤销：{ $event }
heading-recovery = 已追回：{ $event }
heading-restitution = 返还：{ $event }
heading-expert_request = 专家咨询：{ $event }
heading-exercise = 演练，并非真实警报：{ $event }
heading-withheld = { $kind }：内容不在邮件中
version = { $reference }，第 { $version } 版，致 { $partner }

## 事由与请求

lead-alert = 以下描述了 { $count } 件物品。请协助查找。
lead-alert-type = 被盗物品没有清单。请留意以下所述类型的物品，凡来历无法核实者，无论出现在何处。
lead-alert-owner = 有关当局持有以下所述物品，但不知其归属。请协助寻找所有者或原属地。
lead-alert-match = 有人见到以下所述物品。请告知您是否知其失踪。此事须保密：多说一句，物品就可能被转移。
lead-update = 此前就本案告知您的内容已有变更。本文取代以前的所有版本。
lead-cancel = 本警报有误。此编号下不再查找任何物品。
lead-recovery = { $count ->
    [1] 该物品已追回。查找结束；归属问题本函不作说明。
   *[other] 这些物品（{ $count } 件）已追回。查找结束；归属问题本函不作说明。
}
lead-recovery-partly = 以下描述的 { $count } 件物品已追回。本案另有 { $others } 件物品仍在查找。
lead-restitution = 此前告知您的 { $count } 件物品，其返还事宜有新进展。本函对其归属不持立场。
lead-expert_request = 以下描述了 { $count } 件物品。请提供专家意见：是何物，来自何处。
lead-exercise = 这是一次演练。没有发生任何事，也没有物品失踪：我们在检验警报能否送达。请确认收悉，切勿当作警报转发。
lead-withheld = { $label } 仅供您本人知悉，而邮件会被机器和代理人读取。因此本邮件不含内容：请联系值班处 { $desk } 并注明 { $reference }。

section-ask = 我们的请求
ask-alert-look = { $count ->
    [1] 请在拍卖、古董商、互联网、运输途中及边境留意该物品。
   *[other] 请在拍卖、古董商、互联网、运输途中及边境留意这些物品（{ $count } 件）。
}
ask-alert-hold = { $count ->
    [1] 请勿购买、出售、移动或接收该物品，也不要惊动持有人。
   *[other] 请勿购买、出售、移动或接收这些物品（{ $count } 件），也不要惊动持有人。
}
ask-alert-report = 如有发现，请先告知当地警方，再回复本邮件或致函 { $desk }，并注明 { $reference }。
ask-type-look = 请在拍卖、古董商、互联网、运输途中及边境留意此类物品，并询问其来历。
ask-type-hold = 凡无人能说明来历者，请勿购买、出售、移动或接收。
ask-owner-look = 请与贵方的登记册、藏品目录及索还请求比对。
ask-owner-pass = 请询问贵机构中熟悉此类物品的人员。
ask-owner-report = 即使不能确定，也请回复本邮件或致函 { $desk }，并注明 { $reference }。
ask-match-look = 请与贵方的失踪及被盗物品登记册比对。
ask-match-quiet = 请勿告知无须知情者，也不要联系展示或出售该物品的人。
ask-update-replace = 无论旧版存于何处，请以本版替换。
ask-update-pass = 请将本版转交从贵方收到旧版的所有人。
ask-update-report = 如有发现，请先告知当地警方，再回复本邮件或致函 { $desk }，并注明 { $reference }。
ask-cancel-stop = 请停止查找，并删除或更正所作记录。
ask-cancel-pass = 请将撤销一事告知从贵方收到警报的所有人。
ask-cancel-report = 如已据警报采取行动，或对撤销有疑问，请回复本邮件或致函 { $desk }，并注明 { $reference }。
ask-recovery-stop = 请停止查找，并在登记该警报之处注明已追回。
ask-recovery-pass = 请告知从贵方收到警报的所有人：查找已结束。
ask-recovery-report = 如了解更多情况，请回复本邮件或致函 { $desk }，并注明 { $reference }。
ask-partly-stop = 请停止查找以下描述的物品，并在登记该警报之处注明。请继续查找其余物品。
ask-partly-pass = 请告知从贵方收到警报的所有人哪些物品已追回。
ask-restitution-note = 请在登记该警报之处注明此事。
ask-restitution-pass = 请告知从贵方收到警报的所有人。
ask-restitution-report = 如了解更多情况，请回复本邮件或致函 { $desk }，并注明 { $reference }。
ask-expert_request-look = 请与您所知的类型、材质、铭文、出土地点和出版物比对。
ask-expert_request-hold = 请仅将此咨询告知您需要征求意见的人，切勿联系可能持有这 { $count } 件物品的人。
ask-expert_request-report = 请回复本邮件或致函 { $desk }，注明 { $reference }，并说明您有多大把握及其理由。
ask-exercise-look = 请像确认警报一样确认本邮件。
ask-exercise-hold = 请勿登记、勿查找、勿通知任何人：{ $reference } 是演练。
ask-exercise-report = 如链接或地址无法使用，请回复本邮件或致函 { $desk }。

section-message-alert = 值班处说明
section-message-update = 变更内容
section-message-cancel = 撤销原因
section-message-recovery = 追回情况
section-message-restitution = 返还情况
section-message-expert_request = 咨询内容
section-message-exercise = 演练说明
original-note = 标有 [{ $code }] 的是报告或值班处的原文，语言为 { $language }，未作翻译。
shortened = …（已缩短）
left-out = 本案另有 { $count } 件物品未在此列出。请向值班处 { $desk } 索取清单。

## 各节与标签

labelled = { $label }：
section-case = 案件
section-circumstances = 案情
section-object = 物品 { $number } / { $count }
section-typology = 查找对象
label-title = 名称
label-event = 事件
label-country = 国家
label-lost = 丢失时间
label-discovered = 发觉日期
label-detected = 查明日期
label-since = 处于危险
label-seized = 扣押日期
label-seen = 见到日期
label-certainty = 可信度
label-urgency = 紧迫性
label-share = 向您提供
lost-on = { $earliest }
lost-between = { $earliest } 至 { $latest } 之间
share-full = 物品资料与案情
share-object_data = 仅物品资料
label-holder = 持有者
label-responsible = 遗址负责方
label-kept-by = 保管方
label-offered-by = 展示或出售者
label-site = 遗址
label-site-number = 遗址编号
label-detected-by = 查明方式
label-extent = 损害程度
label-listed-in = 列入
label-depositor = 寄存或出借方
label-threat = 威胁
label-collection = 藏品
label-seized-by = 扣押机关
label-likely-origins = 可能来自
label-sent-from = 寄出地
label-bound-for = 目的地
label-venue = 地点
label-found-under = 所用名称
label-sale = 公告的出售日期
label-types = 物品类型
label-red-list = 国际博协红色名录
label-made = 制作年代
label-link = 成组关系
made-in = { $from }
made-between = { $from } 至 { $to } 之间
year-before = 公元前 { $year } 年
decimal-sign = .
label-place = 地点
label-subdivision = 行政区
label-premises = 场所类型
label-method = 方式
label-police = 警方编号
police-not-yet = 尚无
label-authority = 已通知的主管机关
label-authority-on = 通知日期
label-narrative = 经过
label-claiming = 请求国
label-lawful = 最后合法所在地
label-permit = 出口许可
label-certificate = 证书编号
label-law = 所依法律
label-route = 推测路线
label-destination = 推测目的地
label-type = 类型
label-type-detail = 具体类型
label-materials = 材质与工艺
label-measurements = 尺寸
label-inscriptions = 铭文与标记
label-features = 识别特征
label-subject = 题材
label-date = 年代
label-maker = 作者或文化
label-description = 描述
label-inventory = 藏品编号
label-related-material = 相关文献
label-origin = 原属国或出土国
label-origin-text = 原属地说明
label-related-objects = 相关物品
label-documented = 记录日期
label-photographs = 照片
label-flags = 另有

## By the link, files, pictures

heading-reference = { $kind }：请通过链接阅读
lead-reference = { $label } 所涵盖的内容不随本邮件发送。请在下方链接的页面上阅读，图片和文件也在那里。
read = 阅读
read-why = 页面会请您按一下按钮，因为机器也会打开链接。链接仅供您本人使用，请勿转发。
read-title = { $reference } 第 { $version } 版
read-button = 显示
read-before = 您将阅读的内容受 { $label } 约束。您打开它一事会被记录。
section-files = 文件
file-cap = 供接收警报的系统使用（CAP 1.2）
file-json = 供其他程序使用（JSON）
file-sheet = 第 { $number } 件文物的 Object ID 表
file-enclosed = 随附
file-by-link = 见下方链接
label-picture = 图片
label-look-alike = 另一件相似文物的图片

## Nothing could be encrypted

subject-no-key = [{ $label }] { $reference } v{ $version }：未能为您加密的消息
heading-no-key = 未能为您加密的消息
lead-no-key = 值班处有一条致 { $partner } 的消息，编号 { $reference }。该消息必须加密，而值班处没有此地址可用的密钥。消息尚未发送。
ask-no-key = 请将您现用的公钥或证书发送至 { $desk }，或致电值班处。指纹将通过电话核对，之后消息即会发送。

# Several alerts in one mail; a mail that asks for an acknowledgement.
digest-subject = [{ $label }] 警报汇总 ({ $count })
digest-heading = 警报汇总
digest-lead = 以下警报均不紧急，因此一并发送。每项都有自己的案件编号、标记和确认链接。
reminder-subject = [{ $label }] { $reference } v{ $version }：请确认收悉
reminder-text = 我们已向您发送 { $reference }（第 { $version } 版），但尚未收到该地址的确认。警报内容见我们此前的邮件。请打开以下链接，告知已有人收到：
reminder-text-sealed = 我们已向您发送 { $reference }（第 { $version } 版），但尚未收到该地址的确认。警报内容见我们此前的加密邮件。请打开其中的链接，告知已有人收到。
reminder-rest = 如果您已经答复，则无需任何操作。

## 确认、处理、证明

acknowledge = 确认收悉
acknowledge-why = 请确认已有人负责处理。打开链接并不等于确认：页面会询问您的姓名或单位。
handling-clear = { $label }：传播不受限制（TLP 2.0，FIRST）。
handling-green = { $label }：供贵方同业知悉，不得公开发布（TLP 2.0，FIRST）。
handling-amber = { $label }：供贵机构及须知情的客户（TLP 2.0，FIRST）。
handling-amber_strict = { $label }：仅供贵机构内须知情者（TLP 2.0，FIRST）。
handling-red = { $label }：仅供您本人，不得告知他人（TLP 2.0，FIRST）。
complements = 本邮件是对警方与国际刑警组织渠道（受害方、警方、国家中心局）的补充，并非替代。未列出的物品并不因此排除嫌疑。
ledger = 发送时的账簿：{ $size } 条记录，根为 { $root }。请保存本邮件：凭此任何人日后都能证明届时已记录的内容。
ledger-none = 发送时的账簿：尚无签名的根。
machine = 本邮件由机器代值班处发出。回复将送达值班人员：{ $desk }。

## 日期

date = { $year }年{ $month }{ $day }日
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月

## 代码

event-theft = 盗窃
event-illicit_export = 非法出口
event-looting = 盗掘掠夺
event-missing = 清点时发现缺失
event-sighting = 发现线索
event-seizure = 扣押，所有者不明
event-recovery = 追回
event-restitution = 返还
event-emergency = 紧急情况，藏品处于危险

method-stolen = 被盗
method-burglary = 入室盗窃
method-robbery = 暴力抢劫
method-insider = 内部人员窃取
method-substitution = 以复制品调换
method-clandestine_excavation = 盗掘
method-detached_from_monument = 从古迹上拆走
method-lost_in_transit = 运输途中丢失
method-not_returned = 出借或临时出口后未归还
method-looted_in_conflict = 冲突中被劫掠
method-unknown = 不明

premises-museum = 博物馆
premises-place_of_worship = 宗教场所
premises-archaeological_site = 考古遗址
premises-underwater_site = 水下遗址
premises-monument = 古迹或公共场所
premises-library = 图书馆
premises-archive = 档案馆
premises-private_home = 私人住宅
premises-dealer = 画廊或古董商
premises-storage = 库房
premises-transport = 运输
premises-unknown = 不明

permit-none = 无许可
permit-refused = 被拒
permit-temporary_overdue = 临时许可，逾期未归
permit-expired = 过期
permit-forged = 伪造或涂改
permit-other_object = 真实，但属另一物品
permit-unknown = 不明

certainty-observed = 已由警方或国家中心局证实
certainty-likely = 很可能：由部委、代表团或持有者声明
certainty-possible = 可能：来自单一非官方来源
certainty-unlikely = 不大可能
certainty-unknown = 不明

urgency-immediate = 立即：72 小时内的盗窃，或物品正在出售或处于边境
urgency-expected = 近期：新近发生，已有线索
urgency-future = 将来：已公告的出售
urgency-past = 过去：历史上的丢失

type-painting = 绘画
type-drawing_print = 素描或版画
type-sculpture = 雕塑
type-religious = 宗教物品
type-archaeological = 考古文物
type-monument_fragment = 古迹残件
type-coin_medal = 钱币或奖章
type-book_manuscript = 书籍或手稿
type-archive_av = 档案、录音或影片
type-ethnographic = 民族学物品
type-furniture = 家具
type-ceramic_glass = 陶瓷或玻璃
type-jewellery_metalwork = 珠宝或金属工艺品
type-textile = 纺织品
type-arms_armour = 武器或盔甲
type-clock_scientific = 钟表或科学仪器
type-musical_instrument = 乐器
type-natural_specimen = 自然标本
type-stamp = 邮票
type-other = 其他

flag-human_remains = 人类遗骸
flag-sacred_or_communal = 神圣或社群所有
flag-inventoried = 已入藏登记
flag-national_treasure = 国宝
flag-world_heritage_site = 出自世界遗产地
flag-conflict_area = 出自冲突地区

dimension-height = 高
dimension-width = 宽
dimension-depth = 深
dimension-length = 长
dimension-diameter = 直径
dimension-thickness = 厚
dimension-weight = 重

photographs-available = 可由报告方提供
photographs-look_alike = 仅有相似物品的照片
photographs-none = 没有照片
photographs-unknown = 尚不清楚

detection-inspection = 实地检查
detection-satellite = 卫星影像
detection-aerial = 航空或无人机勘查
detection-witness = 目击者报告
detection-market = 市场上出现同类出土物

threat-armed_conflict = 武装冲突
threat-unrest = 附近有骚乱或抢掠
threat-natural_disaster = 地震、风暴或其他灾害
threat-fire_or_flood = 火灾或水灾
threat-unguarded = 无人看守
threat-other = 其他

venue-auction = 拍卖或拍卖图录
venue-dealer = 画廊或古董商
venue-online = 网上交易或社交媒体
venue-fair = 展销会或市场
venue-border = 边境、港口或机场
venue-museum = 博物馆或展览
venue-private = 私人收藏
venue-other = 其他地方

link-set = 成套之一
link-pair = 成对之一
link-stolen_together = 一同被盗

## What an update changes

section-changes = 自第 { $version } 版以来的变更
changed-fields = 变更的字段
changed-none = 向您展示的内容没有变更
changed-more = 其他变更的字段，见下文
changed-of-object = 第 { $number } 件：{ $field }
changed-before = { $field }，原为
changed-now = { $field }，现为
changed-new = { $field }，新增
changed-gone = { $field }，已删除
field-label = 传播标记
field-language = 报告语言
field-earliest = 不早于
field-latest = 不晚于
field-object_added = 新增
field-object_taken_out = 移除
field-photographs_shown = 办公室现有照片

## Mails about the directory

notice-change-subject = Tocsin：贵单位的条目有一项更改待定
notice-change = 有人提议更改我们伙伴名录中 { $partner } 的条目。更改尚未执行。
notice-change-ask = 如果是贵方提出的，则无须处理。如果不是，请立即回复本邮件或致电值班处，更改即会停止。
notice-code-subject = Tocsin：请确认此地址
notice-code = 此地址列在我们伙伴名录中 { $partner } 的名下。请确认您会阅读该邮箱：打开
notice-code-enter = 并输入代码 { $code }
notice-code-unknown = 如果您不清楚此事，请回复本邮件。
