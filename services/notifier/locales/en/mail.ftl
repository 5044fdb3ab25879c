# Mails and the answer page in English. Terms: Object ID, CAP 1.2, TLP 2.0 (labels are never translated).
# A key of one language is a key of all; a test compares keys and arguments.

## Subject and heading

subject-alert = [{ $label }] { $reference } v{ $version } · { $event }: { $title }
subject-update = [{ $label }] UPDATE · { $reference } v{ $version } · { $event }: { $title }
subject-cancel = [{ $label }] CANCELLED · { $reference } v{ $version } · { $event }: { $title }
subject-recovery = [{ $label }] RECOVERED · { $reference } v{ $version } · { $event }: { $title }
subject-restitution = [{ $label }] RESTITUTION · { $reference } v{ $version } · { $event }: { $title }
subject-expert_request = [{ $label }] EXPERT REQUEST · { $reference } v{ $version } · { $event }: { $title }
subject-exercise = [{ $label }] EXERCISE EXERCISE · { $reference } v{ $version } · { $event }: { $title }
subject-withheld = [{ $label }] { $kind } · { $reference } v{ $version }

kind-alert = Alert
kind-update = Update
kind-cancel = Cancellation
kind-recovery = Recovery
kind-restitution = Restitution notice
kind-expert_request = Expert request
kind-exercise = EXERCISE

heading-alert = Alert: { $event }
heading-update = Update: { $event }
heading-cancel = Cancelled: { $event }
heading-recovery = Recovered: { $event }
heading-restitution = Restitution: { $event }
heading-expert_request = Expert request: { $event }
heading-exercise = EXERCISE, not a real alert: { $event }
heading-withheld = { $kind }: content withheld
version = { $reference }, version { $version }, to { $partner }

## What it is and what to do

lead-alert = { $count ->
    [one] One object is
   *[other] { $count } objects are
} described below. Please help to find { $count ->
    [one] it
   *[other] them
}.
lead-alert-type = No list of what was taken exists. Please look out for objects of the kind described below, wherever they appear without a past that can be checked.
lead-alert-owner = An authority holds what is described below, and nobody knows whose it is. Please help to find the owner or the place of origin.
lead-alert-match = What is described below was seen. Please tell us whether you know it as missing. This is in confidence: a word too many moves the object.
lead-update = What you were told about this case has changed. This text replaces every earlier version.
lead-cancel = This alert was wrong. Nothing is to be searched for any more under this reference.
lead-recovery = { $count ->
    [one] The object is
   *[other] The objects are
} recovered. The search is over; who owns { $count ->
    [one] it
   *[other] them
} is not said here.
lead-recovery-partly = { $count ->
    [one] One object is recovered. It is described
   *[other] { $count } objects are recovered. They are described
} below. { $others ->
    [one] One other object of this case is searched for still.
   *[other] { $others } others of this case are searched for still.
}
lead-restitution = There is news of the return of { $count ->
    [one] the object
   *[other] the objects
} that you were told about. This mail takes no side on who owns { $count ->
    [one] it
   *[other] them
}.
lead-expert_request = { $count ->
    [one] One object is
   *[other] { $count } objects are
} described below. We ask for your expert opinion: what { $count ->
    [one] it is
   *[other] they are
}, and where { $count ->
    [one] it comes
   *[other] they come
} from.
lead-exercise = This is an EXERCISE. Nothing happened and nothing is missing: we try whether our alerts reach you. Please acknowledge it, and do not pass it on as an alert.
lead-withheld = { $label } is for you in person, and mail is read by machines and deputies. This mail therefore has no content: please ask the desk at { $desk } and quote { $reference }.

section-ask = What we ask of you
ask-alert-look = Look out for { $count ->
    [one] it
   *[other] them
} in sales, at dealers, on the internet, in transit and at borders.
ask-alert-hold = Do not buy, sell, move or accept { $count ->
    [one] it
   *[other] them
}, and do not warn whoever holds { $count ->
    [one] it
   *[other] them
}.
ask-alert-report = If you see anything, tell your police first. Then answer this mail or write to { $desk }, and quote { $reference }.
ask-type-look = Look out for such objects in sales, at dealers, on the internet, in transit and at borders, and ask where they come from.
ask-type-hold = Do not buy, sell, move or accept any of which nobody can show where it comes from.
ask-owner-look = Compare with your registers, inventories and claims.
ask-owner-pass = Ask those in your organisation who know objects of this kind.
ask-owner-report = Answer this mail or write to { $desk }, and quote { $reference }, also if you are not sure.
ask-match-look = Compare with your registers of missing and stolen objects.
ask-match-quiet = Tell nobody who need not know, and do not contact whoever shows or offers it.
ask-update-replace = Replace the earlier version, wherever you keep it, by this one.
ask-update-pass = Pass this version to everybody who had an earlier one from you.
ask-update-report = If you have seen anything, tell your police first. Then answer this mail or write to { $desk }, and quote { $reference }.
ask-cancel-stop = Stop the search, and delete or correct what you recorded.
ask-cancel-pass = Tell everybody who had the alert from you that it is cancelled.
ask-cancel-report = If you have acted on the alert, or doubt its cancellation, answer this mail or write to { $desk }, and quote { $reference }.
ask-recovery-stop = Stop the search, and note the recovery where you recorded the alert.
ask-recovery-pass = Tell everybody who had the alert from you that the search is over.
ask-recovery-report = If you know more, answer this mail or write to { $desk }, and quote { $reference }.
ask-partly-stop = Stop the search for what is described below, and note it where you recorded the alert. Go on with the others.
ask-partly-pass = Tell everybody who had the alert from you which of its objects are back.
ask-restitution-note = Note this where you recorded the alert.
ask-restitution-pass = Tell everybody who had the alert from you.
ask-restitution-report = If you know more, answer this mail or write to { $desk }, and quote { $reference }.
ask-expert_request-look = Compare it with what you know: type, material, inscriptions, findspots, publications.
ask-expert_request-hold = Keep this request to those whose opinion you need, and do not contact whoever may hold { $count ->
    [one] the object
   *[other] the objects
}.
ask-expert_request-report = Answer this mail or write to { $desk }, quote { $reference }, and say how sure you are and why.
ask-exercise-look = Acknowledge this mail as you would acknowledge an alert.
ask-exercise-hold = Record nothing, search for nothing, warn nobody: { $reference } is an exercise.
ask-exercise-report = If a link or an address does not work, answer this mail or write to { $desk }.

section-message-alert = From the desk
section-message-update = What changed
section-message-cancel = Why it is cancelled
section-message-recovery = About the recovery
section-message-restitution = About the return
section-message-expert_request = What we ask
section-message-exercise = About the exercise
original-note = [{ $code }] marks words of the report or the desk in their original language, { $language }. They are not translated.
shortened = … (shortened)
left-out = { $count ->
    [one] One more object is
   *[other] { $count } more objects are
} part of this case and not printed here. Ask the desk at { $desk } for the list.

## Sections and labels

labelled = { $label }:
section-case = Case
section-circumstances = Circumstances
section-object = Object { $number } of { $count }
label-title = Title
label-event = Event
label-country = Country
label-lost = Lost
label-detected = Detected
label-since = At risk
label-seized = Seized
label-seen = Seen
label-responsible = Responsible for the site
label-kept-by = Kept by
label-offered-by = Shown or offered by
label-site = Site
label-site-number = Number of the site
label-detected-by = Detected by
label-extent = Extent of the damage
label-listed-in = Listed in
label-depositor = Deposited or lent by
label-threat = Threat
label-collection = The collection
label-seized-by = Seized by
label-likely-origins = May come from
label-sent-from = Sent from
label-bound-for = Bound for
label-venue = Where
label-found-under = Found under
label-sale = Announced sale
label-types = Types of objects
label-red-list = ICOM Red List
label-made = Made
label-link = Belongs together
section-typology = What to look for
made-in = { $from }
made-between = between { $from } and { $to }
year-before = { $year } BCE
decimal-sign = .
label-discovered = Noticed
label-certainty = Certainty
label-urgency = Urgency
label-share = You are shown
lost-on = on { $earliest }
lost-between = between { $earliest } and { $latest }
share-full = object data and circumstances
share-object_data = object data only
label-holder = Holder
label-place = Place
label-subdivision = Subdivision
label-premises = Premises
label-method = How
label-police = Police reference
police-not-yet = none yet
label-authority = Authority informed
label-authority-on = Informed on
label-narrative = What happened
label-claiming = Claiming state
label-lawful = Last lawful location
label-permit = Export permit
label-certificate = Certificate number
label-law = Law relied on
label-route = Presumed route
label-destination = Presumed destination
label-type = Type
label-type-detail = Type in detail
label-materials = Materials and techniques
label-measurements = Measurements
label-inscriptions = Inscriptions and markings
label-features = Distinguishing features
label-subject = Subject
label-date = Date or period
label-maker = Maker or culture
label-description = Description
label-inventory = Inventory number
label-related-material = Related written material
label-origin = Country of origin or discovery
label-origin-text = Place of origin in words
label-related-objects = Related objects
label-documented = Date documented
label-photographs = Photographs
label-flags = Also

## By the link, files, pictures

heading-reference = { $kind }: to be read by the link
lead-reference = What { $label } covers does not travel in this mail. Read it on the page behind the link below, with its pictures and files.
read = Read it
read-why = The page asks you to press a button, because machines open links too. It is for you alone: do not pass the link on.
read-title = { $reference } version { $version }
read-button = Show it
read-before = What you are about to read is under { $label }. That you opened it is noted.
section-files = Files
file-cap = For systems that take alerts (CAP 1.2)
file-json = For other programs (JSON)
file-sheet = Object ID sheet of object { $number }
file-enclosed = enclosed
file-by-link = by the link below
label-picture = Picture
label-look-alike = Picture of another object that looks like it

## Nothing could be encrypted

subject-no-key = [{ $label }] { $reference } v{ $version }: a message that could not be encrypted for you
heading-no-key = A message that could not be encrypted for you
lead-no-key = The desk has a message for { $partner } under { $reference }. It must be encrypted, and the desk has no key of this address that can be used. The message was not sent.
ask-no-key = Send your present public key or certificate to { $desk }, or call the desk. Its fingerprint is compared by telephone. Then the message is sent.

# Several alerts in one mail; a mail that asks for an acknowledgement.
digest-subject = [{ $label }] Digest of alerts ({ $count })
digest-heading = Digest of alerts
digest-lead = None of these alerts is urgent, so you receive them together. Each has its own case number, its own label and its own link to acknowledge it.
reminder-subject = [{ $label }] { $reference } v{ $version }: please acknowledge
reminder-text = We sent you { $reference } (version { $version }) and do not yet have an acknowledgement from this address. The alert itself is in our earlier mail. Please open this link and tell us that a person has it:
reminder-text-sealed = We sent you { $reference } (version { $version }) and do not yet have an acknowledgement from this address. The alert itself is in our earlier, encrypted mail. Please open the link in it and tell us that a person has it.
reminder-rest = If you have answered meanwhile, there is nothing to do.

## Acknowledging, handling, proof

acknowledge = Acknowledge receipt
acknowledge-why = Please confirm that a person has taken charge of this. Opening the link confirms nothing: the page asks for your name or unit.
handling-clear = { $label }: no limit on disclosure (TLP 2.0, FIRST).
handling-green = { $label }: for your community, not for publication (TLP 2.0, FIRST).
handling-amber = { $label }: for your organisation and its clients who need to know (TLP 2.0, FIRST).
handling-amber_strict = { $label }: for your organisation only, for those who need to know (TLP 2.0, FIRST).
handling-red = { $label }: for you in person and for nobody else (TLP 2.0, FIRST).
complements = This mail complements the police and INTERPOL route (victim, police, National Central Bureau); it does not replace it. An object that is not listed is not thereby cleared.
ledger = Ledger at sending: { $size } entries, root { $root }. Keep this mail: with it anybody can later prove what was recorded by then.
ledger-none = Ledger at sending: no signed root yet.
machine = This mail was sent by a machine for the desk. Answers reach a person at { $desk }.

## Dates

date = { $day } { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## Codes

event-theft = Theft
event-illicit_export = Illicit export
event-looting = Looting
event-missing = Found missing at stock-taking
event-sighting = Sighting
event-seizure = Seizure, owner unknown
event-recovery = Recovery
event-restitution = Restitution
event-emergency = Emergency, collection at risk

method-stolen = Stolen
method-burglary = Burglary
method-robbery = Robbery with violence
method-insider = Abstraction by an insider
method-substitution = Substituted by a copy
method-clandestine_excavation = Clandestine excavation
method-detached_from_monument = Detached from a monument
method-lost_in_transit = Lost in transit
method-not_returned = Not returned from loan or temporary export
method-looted_in_conflict = Looted in conflict
method-unknown = Unknown

premises-museum = Museum
premises-place_of_worship = Place of worship
premises-archaeological_site = Archaeological site
premises-underwater_site = Underwater site
premises-monument = Monument or public space
premises-library = Library
premises-archive = Archive
premises-private_home = Private home
premises-dealer = Gallery or dealer
premises-storage = Storage
premises-transport = Transport
premises-unknown = Unknown

permit-none = No permit
permit-refused = Refused
permit-temporary_overdue = Temporary, overdue
permit-expired = Expired
permit-forged = Forged or altered
permit-other_object = Genuine, for another object
permit-unknown = Unknown

certainty-observed = Observed: confirmed by the police or a National Central Bureau
certainty-likely = Likely: stated by a ministry, a delegation or the holder
certainty-possible = Possible: from one source that is not official
certainty-unlikely = Unlikely
certainty-unknown = Unknown

urgency-immediate = Immediate: a theft of the last 72 hours, or an object on offer or at a border now
urgency-expected = Expected: recent, with leads
urgency-future = Future: an announced sale
urgency-past = Past: a historic loss

type-painting = Painting
type-drawing_print = Drawing or print
type-sculpture = Sculpture
type-religious = Religious object
type-archaeological = Archaeological object
type-monument_fragment = Fragment of a monument
type-coin_medal = Coin or medal
type-book_manuscript = Book or manuscript
type-archive_av = Archive, sound or film
type-ethnographic = Ethnographic object
type-furniture = Furniture
type-ceramic_glass = Ceramic or glass
type-jewellery_metalwork = Jewellery or metalwork
type-textile = Textile
type-arms_armour = Arms or armour
type-clock_scientific = Clock or scientific instrument
type-musical_instrument = Musical instrument
type-natural_specimen = Natural specimen
type-stamp = Stamp
type-other = Other

flag-human_remains = Human remains
flag-sacred_or_communal = Sacred or communal
flag-inventoried = Inventoried
flag-national_treasure = National treasure
flag-world_heritage_site = From a World Heritage site
flag-conflict_area = From a conflict area

dimension-height = Height
dimension-width = Width
dimension-depth = Depth
dimension-length = Length
dimension-diameter = Diameter
dimension-thickness = Thickness
dimension-weight = Weight

photographs-available = Available from the reporter
photographs-look_alike = Only of a look-alike
photographs-none = No photograph exists
photographs-unknown = Not known yet

detection-inspection = Inspection on the ground
detection-satellite = Satellite images
detection-aerial = Aerial or drone survey
detection-witness = Report of a witness
detection-market = Finds of its kind on the market

threat-armed_conflict = Armed conflict
threat-unrest = Unrest or looting nearby
threat-natural_disaster = Earthquake, storm or other disaster
threat-fire_or_flood = Fire or flood
threat-unguarded = Left without guard
threat-other = Other

venue-auction = Auction or its catalogue
venue-dealer = Gallery or dealer
venue-online = Online market or social media
venue-fair = Fair or market
venue-border = Border, port or airport
venue-museum = Museum or exhibition
venue-private = Private collection
venue-other = Elsewhere

link-set = Part of a set
link-pair = One of a pair
link-stolen_together = Taken together

## What an update changes

section-changes = What changed since version { $version }
changed-fields = Changed fields
changed-none = none of those you are shown
changed-more = More changed fields, shown below
changed-of-object = Object { $number }: { $field }
changed-before = { $field }, before
changed-now = { $field }, now
changed-new = { $field }, new
changed-gone = { $field }, no longer
field-label = Handling label
field-language = Language of the report
field-earliest = Not before
field-latest = Not after
field-object_added = added
field-object_taken_out = taken out
field-photographs_shown = Photographs with the desk

## Mails about the directory

notice-change-subject = Tocsin: a change of your entry waits
notice-change = A change of the entry of { $partner } in our directory of partners was proposed. It is not made yet.
notice-change-ask = If you have asked for it, there is nothing to do. If you have not, please answer this mail or call the desk at once; the change is then stopped.
notice-code-subject = Tocsin: please confirm this address
notice-code = This address is in our directory of partners for { $partner }. Please confirm that you read it: open
notice-code-enter = and enter the code { $code }
notice-code-unknown = If you do not know what this is about, please answer this mail.
