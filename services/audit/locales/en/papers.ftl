# The fixed texts of what is printed: evidence of one case, pack for one meeting. %page and %total are filled in by the
# template.
page-of = Page %page of %total
evidence = Evidence of notification
case = Case
about = About
reference = Reference
event = Event
country = Country
lost-between = Lost between
registered = Registered
as-of = State of
label = Handling label
none = none
summary = In short
sum-versions = { $count ->
    [one] One alert version was released.
   *[other] { $count } alert versions were released.
}
sum-told = { $partners ->
    [one] One partner was told
   *[other] { $partners } partners were told
} at { $addresses ->
    [one] one address
   *[other] { $addresses } addresses
}; the mail server accepted { $accepted }, { $acknowledged } acknowledged.
sum-not-told = { $count ->
    [0] No partner was left out.
    [one] One partner was not told; the reason is given below.
   *[other] { $count } partners were not told; each reason is given below.
}
accepted-means = “Accepted” means that the partner's mail server took responsibility for the mail. It does not mean delivered, and neither means read: only an acknowledgement shows that a person saw it.
verified = How the desk verified it
when = When
certainty = Certainty
on-which-evidence = On which evidence
by-whom = By whom
note = Note
not-verified = The case has not been verified.
version = Version { $number }: { $kind }
drafted = Drafted
released = Released
by = { $when }, by { $who }
reach = Limited to
decided = Recipients decided
decided-by = { $when }, by rule set { $rules } over directory revision { $directory }
undecided = Who must know is still being decided.
told-of = Who was told
partner = Partner
kind = Kind
shown = Shown
why = Why
what-happened = What happened
acknowledged = Acknowledged
not-yet = not yet
possible-repeat = possible repeat, same Message-ID
on-the-wire = on the wire
no-attempt = no attempt yet
at-stage = at { $stage }
mail-sha256 = Mail, SHA-256
not-told-of = Who was not told
reason = Why not
nobody-told = Nobody was told of this version.
follow-up = { $heard ->
    [one] One partner had heard an earlier version
   *[other] { $heard } partners had heard an earlier version
}; this one was told to { $again } of them and accepted for { $accepted }.
missed = Did not reach, although they had heard an earlier version
proof = Proof
proof-means = Every fact above is an entry of an append-only ledger (RFC 6962). The checkpoint below is signed; the same roots travel in every mail, so that each partner holds a witness. Anybody can recompute the root from the ledger and compare: tocsin ledger verify --checkpoint FILE.
ledger-root = Root
ledger-size = Entries
ledger-signed = Signed
ledger-key = Verifier key
checkpoint = Checkpoint
entries-of-case = Entries of this case
entry = Entry
fact = Fact
happened = Happened
identifier = Identifier
deliveries-entered = { $count ->
    [one] One further entry records an attempt to deliver (entry { $first }).
   *[other] { $count } further entries record attempts to deliver (entries { $first } to { $last }).
}
inclusion = Inclusion of the decisions
inclusion-means = Hash the leaf with each sibling in turn (RFC 6962, 2.1.1); the result must be the root above.
leaf = Leaf
siblings = Siblings
no-ledger = The ledger has no checkpoint yet.
footer-root = Ledger { $size }, root { $root }
pack = Meeting pack
pack-of-all = All partners and regions
pack-of-partner = Partner: { $name }
pack-of-region = Region: { $name }
pack-reproduce = Computed from ledger entries { $from } to { $to } ({ $first } to { $last }). The same entries give the same figures on any copy of the ledger.
pack-figures = Figures
pack-figure = Figure
pack-value = Value
pack-unit = Unit
pack-cases = Cases registered
pack-alerts = Alerts sent
pack-updates = Corrections and updates
pack-cancels = Alerts withdrawn as wrong
pack-recoveries = Recoveries reported to partners
pack-returns = Restitutions reported to partners
pack-told = Partners told
pack-not-told = Partners not told, with a reason
pack-accepted = Mails accepted by the partner's mail server
pack-refused = Mails refused or given up
pack-acknowledged = Acknowledgements
pack-to-accepted = Release to acceptance, median
pack-to-accepted-95 = Release to acceptance, 95th percentile
pack-to-acknowledged = Release to acknowledgement, median
pack-to-acknowledged-95 = Release to acknowledgement, 95th percentile
pack-sightings = Sightings reported
unit-cases = cases
unit-versions = alert versions
unit-notifications = notifications
unit-mails = mails
unit-answers = answers
unit-time = hours:minutes:seconds
unit-sightings = sightings
pack-no-value = no data
pack-by-month = Alert versions by month
pack-by-kind = Notifications by kind of partner
pack-by-country = Cases by country of the loss
pack-by-wait = Notifications by how soon they were acknowledged
wait-hour = within 1 hour
wait-four-hours = within 4 hours
wait-day = within 24 hours
wait-three-days = within 3 days
wait-longer = later
wait-none = not yet
unit-objects = objects
pack-objects-recovered = Objects recovered
pack-objects-returned = Objects returned
pack-map-means = Outlines: Natural Earth. Names and borders on this map are no statement on the status of any country or territory.
pack-sightings-open = Of these, nobody has decided about
pack-ways = Ways back opened
pack-reminders = Reminders of time limits
unit-reminders = reminders
pack-clocks = Time limits that run
pack-clocks-as-of = Read at { $moment }, not from the entries: reminders computed from confirmed facts, not legal advice.
pack-limit = Limit
pack-last-day = Last day
time-limit-unidroit_3_3_knowledge = Claim for a stolen object: three years from knowledge (UNIDROIT 1995, article 3(3))
time-limit-unidroit_3_3_theft = Claim for a stolen object: fifty years from the theft (UNIDROIT 1995, article 3(3))
time-limit-unidroit_5_5_knowledge = Request after illegal export: three years from knowledge (UNIDROIT 1995, article 5(5))
time-limit-unidroit_5_5_export = Request after illegal export: fifty years from the export (UNIDROIT 1995, article 5(5))
time-limit-directive_5_3_check = Checking the object: six months from the notification (Directive 2014/60/EU, article 5)
time-limit-icprcp_reply = Reply to the form: one year from its transmission (ICPRCP, 1986)
pack-gaps = Coverage gaps
pack-gaps-means = Countries ({ $region }) for which the directory (revision { $revision }) has no active police partner: { $count } of { $total }.
pack-no-gaps = Every country has an active police partner in the directory (revision { $revision }).
pack-alerts-list = Alert versions of this period
pack-told-column = Told
pack-median-ack = Acknowledged, median
pack-no-alerts = No alert was released in these entries.
alert-version = Version
month = Month
count = Count
object-sheet = Object ID sheet
event-theft = Theft
event-illicit_export = Illicit export
event-looting = Looting
event-missing = Found missing at stock-taking
event-sighting = Sighting
event-seizure = Seizure, owner unknown
event-recovery = Recovery
event-restitution = Restitution
event-emergency = Emergency, collection at risk
alert-kind-alert = Alert
alert-kind-update = Update
alert-kind-cancel = Cancel
alert-kind-recovery = Recovery
alert-kind-restitution = Restitution
reach-police = Police only
reach-all = All partners
partner-kind-police = Police or national institution
partner-kind-igo = Intergovernmental organisation
partner-kind-ngo = Non-governmental organisation
partner-kind-research = Research institute
share-full = Full
share-object_data = Object data only
delivery-state-pending = Pending
delivery-state-accepted = Accepted by the mail server
delivery-state-refused = Refused by the mail server
delivery-state-uncertain = Uncertain
delivery-state-expired = Expired
delivery-state-held = Held
delivery-state-cancelled = Cancelled
outcome-accepted = Accepted
outcome-deferred = Deferred
outcome-refused = Refused
outcome-uncertain = Uncertain
certainty-observed = Observed
certainty-likely = Likely
certainty-possible = Possible
certainty-unlikely = Unlikely
certainty-unknown = Unknown
alert-kind-expert_request = Expert request
alert-kind-exercise = Exercise
evidence-police_report = Police report
evidence-ncb_message = Message of a National Central Bureau
evidence-ministry_note = Note of a ministry
evidence-inventory_extract = Inventory extract
evidence-stock_taking = Stock-taking report
evidence-export_refusal = Export refusal
evidence-site_inspection = Site inspection
evidence-satellite_analysis = Satellite analysis
evidence-press_only = Press only
