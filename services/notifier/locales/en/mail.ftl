# Mails in English. Terms: Object ID, CAP 1.2, TLP 2.0 (labels are never translated).

subject-alert = { $label } { $reference } v{ $version } · { $event }: { $title }
subject-update = { $label } { $reference } v{ $version } · UPDATE · { $event }: { $title }
subject-cancel = { $label } { $reference } v{ $version } · CANCELLED · { $event }: { $title }
subject-recovery = { $label } { $reference } v{ $version } · RECOVERED · { $event }: { $title }
subject-exercise = EXERCISE

heading-alert = Alert: { $event }
heading-update = Update: { $event }
heading-cancel = Cancelled: this alert was wrong
heading-recovery = Recovered
what-alert = Please look out for the { $count ->
    [one] object
   *[other] { $count } objects
} described below. Do not buy, move or accept { $count ->
    [one] it
   *[other] them
}; tell the police and answer this mail.
what-update = What you were told about this case has changed. Please replace the earlier version by this one.
what-cancel = Please stop the search: nothing was stolen or illicitly exported. Delete or correct what you passed on, and tell whoever had it from you.
what-recovery = Please stop the search: the { $count ->
    [one] object is
   *[other] objects are
} found. Tell whoever had the alert from you.
section-case = Case
section-circumstances = Circumstances
section-object = Object { $number } of { $count }
section-message = From the desk
original-language = In the original language ({ $language })
label-reference = Reference
label-version = Version
label-title = Title
label-event = Event
label-country = Country
label-lost = Lost
label-discovered = Noticed
label-certainty = Certainty
label-urgency = Urgency
label-share = You are shown
label-handling = Handling
lost-between = between { $earliest } and { $latest }
lost-on = on { $earliest }
share-full = object data and circumstances
share-object_data = object data only
label-holder = Holder
label-place = Place
label-premises = Premises
label-method = How
label-police = Police reference
police-not-yet = not yet
label-authority = Authority informed
label-narrative = What happened
label-claiming = Claiming state
label-lawful = Last lawful location
label-permit = Export permit
label-certificate = Certificate
label-law = Law relied on
label-route = Presumed route
label-destination = Presumed destination
label-type = Type
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
label-origin = Place of origin or discovery
label-related-objects = Related objects
label-documented = Date documented
label-photographs = Photographs
label-flags = Also
acknowledge = Acknowledge
acknowledge-why = Please confirm that a person has read this. Opening the link confirms nothing; the page asks for your name or unit.
ledger = Ledger at sending: { $size } entries, root { $root }. Keep this mail: it proves what was recorded by now.
ledger-none = Ledger at sending: no signed root yet.
complements = This alert complements the police and INTERPOL route; it does not replace it. Report findings to your police first.
handling-note = Handle as { $label } (FIRST TLP 2.0).
certainty-note = Accepted, read or acknowledged mail is no clearance of an object.

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

certainty-observed = Observed
certainty-likely = Likely
certainty-possible = Possible
certainty-unlikely = Unlikely
certainty-unknown = Unknown

urgency-immediate = Immediate
urgency-expected = Expected
urgency-future = Future
urgency-past = Past

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
