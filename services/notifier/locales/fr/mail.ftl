# Courriels en français. Termes : Object ID, CAP 1.2, TLP 2.0 (les étiquettes ne se traduisent jamais).

subject-alert = { $label } { $reference } v{ $version } · { $event } : { $title }
subject-update = { $label } { $reference } v{ $version } · MISE À JOUR · { $event } : { $title }
subject-cancel = { $label } { $reference } v{ $version } · ANNULÉE · { $event } : { $title }
subject-recovery = { $label } { $reference } v{ $version } · RETROUVÉ · { $event } : { $title }
subject-exercise = EXERCICE

heading-alert = Alerte : { $event }
heading-update = Mise à jour : { $event }
heading-cancel = Annulée : cette alerte était erronée
heading-recovery = Retrouvé
what-alert = Merci de rechercher { $count ->
    [one] l’objet décrit
   *[other] les { $count } objets décrits
} ci-dessous. N’achetez, ne déplacez et n’acceptez { $count ->
    [one] pas cet objet
   *[other] aucun de ces objets
} ; prévenez la police et répondez à ce message.
what-update = Ce qui vous a été dit de cette affaire a changé. Merci de remplacer la version précédente par celle-ci.
what-cancel = Merci d’arrêter la recherche : rien n’a été volé ni exporté illicitement. Effacez ou corrigez ce que vous avez transmis et prévenez ceux qui l’ont reçu de vous.
what-recovery = Merci d’arrêter la recherche : { $count ->
    [one] l’objet est retrouvé
   *[other] les objets sont retrouvés
}. Prévenez ceux qui ont reçu l’alerte de vous.
section-case = Affaire
section-circumstances = Circonstances
section-object = Objet { $number } sur { $count }
section-message = Message du bureau
original-language = Dans la langue d’origine ({ $language })
label-reference = Référence
label-version = Version
label-title = Titre
label-event = Fait
label-country = Pays
label-lost = Perdu
label-discovered = Constaté
label-certainty = Certitude
label-urgency = Urgence
label-share = Vous recevez
label-handling = Diffusion
lost-between = entre le { $earliest } et le { $latest }
lost-on = le { $earliest }
share-full = données de l’objet et circonstances
share-object_data = données de l’objet seulement
label-holder = Détenteur
label-place = Lieu
label-premises = Locaux
label-method = Mode
label-police = Référence de police
police-not-yet = pas encore
label-authority = Autorité informée
label-narrative = Les faits
label-claiming = État demandeur
label-lawful = Dernier lieu licite
label-permit = Certificat d’exportation
label-certificate = Numéro de certificat
label-law = Loi invoquée
label-route = Itinéraire présumé
label-destination = Destination présumée
label-type = Type
label-materials = Matériaux et techniques
label-measurements = Mesures
label-inscriptions = Inscriptions et marques
label-features = Éléments caractéristiques
label-subject = Sujet
label-date = Date ou période
label-maker = Auteur ou culture
label-description = Description
label-inventory = Numéro d’inventaire
label-related-material = Documents liés
label-origin = Lieu d’origine ou de découverte
label-related-objects = Objets liés
label-documented = Documenté le
label-photographs = Photographies
label-flags = En outre
acknowledge = Accuser réception
acknowledge-why = Merci de confirmer qu’une personne a lu ce message. Ouvrir le lien ne confirme rien ; la page demande votre nom ou votre service.
ledger = Registre à l’envoi : { $size } entrées, racine { $root }. Gardez ce message : il prouve ce qui était enregistré alors.
ledger-none = Registre à l’envoi : pas encore de racine signée.
complements = Cette alerte complète la voie police et INTERPOL ; elle ne la remplace pas. Signalez d’abord toute découverte à votre police.
handling-note = À traiter comme { $label } (FIRST TLP 2.0).
certainty-note = Un message accepté, lu ou confirmé ne vaut pas attestation pour un objet.

event-theft = Vol
event-illicit_export = Exportation illicite
event-looting = Pillage
event-missing = Manquant au récolement
event-sighting = Signalement
event-seizure = Saisie, propriétaire inconnu
event-recovery = Récupération
event-restitution = Restitution
event-emergency = Urgence, collection menacée

method-stolen = Volé
method-burglary = Cambriolage
method-robbery = Vol avec violence
method-insider = Détournement interne
method-substitution = Substitution par une copie
method-clandestine_excavation = Fouille clandestine
method-detached_from_monument = Détaché d’un monument
method-lost_in_transit = Perdu en transit
method-not_returned = Non rendu après prêt ou exportation temporaire
method-looted_in_conflict = Pillé lors d’un conflit
method-unknown = Inconnu

premises-museum = Musée
premises-place_of_worship = Lieu de culte
premises-archaeological_site = Site archéologique
premises-underwater_site = Site subaquatique
premises-monument = Monument ou espace public
premises-library = Bibliothèque
premises-archive = Archives
premises-private_home = Domicile privé
premises-dealer = Galerie ou marchand
premises-storage = Réserve
premises-transport = Transport
premises-unknown = Inconnu

permit-none = Aucun certificat
permit-refused = Refusé
permit-temporary_overdue = Temporaire, dépassé
permit-expired = Expiré
permit-forged = Falsifié ou altéré
permit-other_object = Authentique, pour un autre objet
permit-unknown = Inconnu

certainty-observed = Constaté
certainty-likely = Probable
certainty-possible = Possible
certainty-unlikely = Peu probable
certainty-unknown = Inconnu

urgency-immediate = Immédiate
urgency-expected = Prochaine
urgency-future = Future
urgency-past = Passée

type-painting = Peinture
type-drawing_print = Dessin ou estampe
type-sculpture = Sculpture
type-religious = Objet religieux
type-archaeological = Objet archéologique
type-monument_fragment = Fragment de monument
type-coin_medal = Monnaie ou médaille
type-book_manuscript = Livre ou manuscrit
type-archive_av = Archive, son ou film
type-ethnographic = Objet ethnographique
type-furniture = Meuble
type-ceramic_glass = Céramique ou verre
type-jewellery_metalwork = Bijou ou orfèvrerie
type-textile = Textile
type-arms_armour = Arme ou armure
type-clock_scientific = Horloge ou instrument scientifique
type-musical_instrument = Instrument de musique
type-natural_specimen = Spécimen naturel
type-stamp = Timbre
type-other = Autre

flag-human_remains = Restes humains
flag-sacred_or_communal = Sacré ou communautaire
flag-inventoried = Inventorié
flag-national_treasure = Trésor national
flag-world_heritage_site = D’un site du patrimoine mondial
flag-conflict_area = D’une zone de conflit

dimension-height = Hauteur
dimension-width = Largeur
dimension-depth = Profondeur
dimension-length = Longueur
dimension-diameter = Diamètre
dimension-thickness = Épaisseur
dimension-weight = Poids

photographs-available = Disponibles auprès du déclarant
photographs-look_alike = Seulement d’un objet semblable
photographs-none = Aucune photographie n’existe
photographs-unknown = Pas encore connu
