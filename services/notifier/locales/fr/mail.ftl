# Courriels et page de réponse en français. Termes : Object ID, CAP 1.2, TLP 2.0 (les étiquettes ne se traduisent pas).
# Toute clé d’une langue est une clé de toutes ; un test compare clés et arguments.

## Objet du message et titre

subject-alert = [{ $label }] { $reference } v{ $version } · { $event } : { $title }
subject-update = [{ $label }] MISE À JOUR · { $reference } v{ $version } · { $event } : { $title }
subject-cancel = [{ $label }] ANNULATION · { $reference } v{ $version } · { $event } : { $title }
subject-recovery = [{ $label }] RETROUVÉ · { $reference } v{ $version } · { $event } : { $title }
subject-restitution = [{ $label }] RESTITUTION · { $reference } v{ $version } · { $event } : { $title }
subject-expert_request = [{ $label }] DEMANDE D’EXPERTISE · { $reference } v{ $version } · { $event } : { $title }
subject-exercise = [{ $label }] EXERCICE EXERCICE · { $reference } v{ $version } · { $event } : { $title }
subject-withheld = [{ $label }] { $kind } · { $reference } v{ $version }

kind-alert = Alerte
kind-update = Mise à jour
kind-cancel = Annulation
kind-recovery = Récupération
kind-restitution = Avis de restitution
kind-expert_request = Demande d’expertise
kind-exercise = EXERCICE

heading-alert = Alerte : { $event }
heading-update = Mise à jour : { $event }
heading-cancel = Annulation : { $event }
heading-recovery = Retrouvé : { $event }
heading-restitution = Restitution : { $event }
heading-expert_request = Demande d’expertise : { $event }
heading-exercise = EXERCICE, et non une alerte : { $event }
heading-withheld = { $kind } : contenu non transmis
version = { $reference }, version { $version }, pour { $partner }

## De quoi il s’agit et que faire

lead-alert = { $count ->
    [one] Un objet est décrit
   *[other] { $count } objets sont décrits
} ci-dessous. Merci d’aider à { $count ->
    [one] le
   *[other] les
} retrouver.
lead-alert-type = Il n’existe pas de liste de ce qui a été pris. Soyez attentif aux objets du type décrit ci-dessous, partout où ils apparaissent sans passé vérifiable.
lead-alert-owner = Une autorité détient ce qui est décrit ci-dessous, et personne ne sait à qui cela appartient. Merci d’aider à trouver le propriétaire ou le lieu d’origine.
lead-alert-match = Ce qui est décrit ci-dessous a été vu. Dites-nous si vous le connaissez comme disparu. Ceci est confidentiel : un mot de trop déplace l’objet.
lead-update = Ce qui vous a été dit de cette affaire a changé. Ce texte remplace toutes les versions antérieures.
lead-cancel = Cette alerte était erronée. Il n’y a plus rien à rechercher sous cette référence.
lead-recovery = { $count ->
    [one] L’objet est retrouvé
   *[other] Les objets sont retrouvés
}. La recherche est terminée ; ce message ne dit pas à qui { $count ->
    [one] il appartient
   *[other] ils appartiennent
}.
lead-recovery-partly = { $count ->
    [one] Un objet est retrouvé. Il est décrit
   *[other] { $count } objets sont retrouvés. Ils sont décrits
} ci-dessous. { $others ->
    [one] Un autre objet de cette affaire reste recherché.
   *[other] { $others } autres objets de cette affaire restent recherchés.
}
lead-restitution = Il y a du nouveau sur le retour { $count ->
    [one] de l’objet
   *[other] des objets
} dont il vous a été parlé. Ce message ne prend pas parti sur la propriété.
lead-expert_request = { $count ->
    [one] Un objet est décrit
   *[other] { $count } objets sont décrits
} ci-dessous. Nous demandons votre avis d’expert : de quoi s’agit-il, et d’où { $count ->
    [one] vient-il
   *[other] viennent-ils
} ?
lead-exercise = Ceci est un EXERCICE. Rien ne s’est passé et rien n’a disparu : nous vérifions que nos alertes vous parviennent. Merci d’en accuser réception, et de ne pas le transmettre comme une alerte.
lead-withheld = { $label } s’adresse à vous seul, et le courriel est lu par des machines et des remplaçants. Ce message n’a donc pas de contenu : adressez-vous au bureau, { $desk }, en citant { $reference }.

section-ask = Ce que nous vous demandons
ask-alert-look = Soyez attentif à { $count ->
    [one] cet objet
   *[other] ces objets
} dans les ventes, chez les marchands, sur internet, en transit et aux frontières.
ask-alert-hold = { $count ->
    [one] Ne l’achetez pas, ne le vendez pas, ne le déplacez pas, ne l’acceptez pas
   *[other] Ne les achetez pas, ne les vendez pas, ne les déplacez pas, ne les acceptez pas
}, et n’avertissez pas la personne qui { $count ->
    [one] le
   *[other] les
} détient.
ask-alert-report = Si vous remarquez quelque chose, prévenez d’abord votre police. Répondez ensuite à ce message ou écrivez à { $desk }, en citant { $reference }.
ask-type-look = Soyez attentif à de tels objets dans les ventes, chez les marchands, sur internet, en transit et aux frontières, et demandez d’où ils viennent.
ask-type-hold = N’achetez, ne vendez, ne déplacez, n’acceptez aucun objet dont personne ne peut montrer d’où il vient.
ask-owner-look = Comparez avec vos registres, vos inventaires et vos demandes de restitution.
ask-owner-pass = Interrogez ceux qui, chez vous, connaissent les objets de ce type.
ask-owner-report = Répondez à ce message ou écrivez à { $desk }, en citant { $reference }, même si vous n’êtes pas sûr.
ask-match-look = Comparez avec vos registres d’objets disparus et volés.
ask-match-quiet = N’en parlez qu’à ceux qui doivent savoir, et ne prenez pas contact avec la personne qui le montre ou l’offre.
ask-update-replace = Remplacez la version antérieure par celle-ci, partout où vous la conservez.
ask-update-pass = Transmettez cette version à tous ceux qui ont reçu de vous une version antérieure.
ask-update-report = Si vous avez remarqué quelque chose, prévenez d’abord votre police. Répondez ensuite à ce message ou écrivez à { $desk }, en citant { $reference }.
ask-cancel-stop = Arrêtez la recherche, et effacez ou corrigez ce que vous avez enregistré.
ask-cancel-pass = Dites à tous ceux qui ont reçu l’alerte de vous qu’elle est annulée.
ask-cancel-report = Si vous avez agi sur la foi de l’alerte, ou doutez de son annulation, répondez à ce message ou écrivez à { $desk }, en citant { $reference }.
ask-recovery-stop = Arrêtez la recherche, et notez la récupération là où vous avez enregistré l’alerte.
ask-recovery-pass = Dites à tous ceux qui ont reçu l’alerte de vous que la recherche est terminée.
ask-recovery-report = Si vous en savez davantage, répondez à ce message ou écrivez à { $desk }, en citant { $reference }.
ask-partly-stop = Arrêtez la recherche de ce qui est décrit ci-dessous, et notez-le là où vous avez enregistré l’alerte. Poursuivez celle des autres.
ask-partly-pass = Dites à tous ceux qui ont reçu l’alerte de vous lesquels de ses objets sont revenus.
ask-restitution-note = Notez-le là où vous avez enregistré l’alerte.
ask-restitution-pass = Dites-le à tous ceux qui ont reçu l’alerte de vous.
ask-restitution-report = Si vous en savez davantage, répondez à ce message ou écrivez à { $desk }, en citant { $reference }.
ask-expert_request-look = Comparez avec ce que vous connaissez : type, matière, inscriptions, lieux de découverte, publications.
ask-expert_request-hold = Réservez cette demande à ceux dont l’avis vous est nécessaire, et ne prenez pas contact avec la personne qui pourrait détenir { $count ->
    [one] l’objet
   *[other] les objets
}.
ask-expert_request-report = Répondez à ce message ou écrivez à { $desk }, en citant { $reference }, et dites avec quel degré de certitude et pourquoi.
ask-exercise-look = Accusez réception de ce message comme vous le feriez d’une alerte.
ask-exercise-hold = N’enregistrez rien, ne recherchez rien, n’avertissez personne : { $reference } est un exercice.
ask-exercise-report = Si un lien ou une adresse ne fonctionne pas, répondez à ce message ou écrivez à { $desk }.

section-message-alert = Message du bureau
section-message-update = Ce qui a changé
section-message-cancel = Pourquoi elle est annulée
section-message-recovery = À propos de la récupération
section-message-restitution = À propos du retour
section-message-expert_request = Notre question
section-message-exercise = À propos de l’exercice
original-note = [{ $code }] signale les mots de la déclaration ou du bureau dans leur langue d’origine, { $language }. Ils ne sont pas traduits.
shortened = … (abrégé)
left-out = { $count ->
    [one] Un autre objet fait
   *[other] { $count } autres objets font
} partie de cette affaire sans figurer ici. Demandez la liste au bureau : { $desk }.

## Parties et intitulés

labelled = { $label } :
section-case = Affaire
section-circumstances = Circonstances
section-object = Objet { $number } sur { $count }
label-title = Titre
label-event = Fait
label-country = Pays
label-lost = Date de la perte
label-detected = Constaté
label-since = En danger
label-seized = Date de la saisie
label-seen = Vu
label-responsible = Responsable du site
label-kept-by = Gardé par
label-offered-by = Montré ou offert par
label-site = Site
label-site-number = Numéro du site
label-detected-by = Constaté par
label-extent = Étendue des dégâts
label-listed-in = Inscrit dans
label-depositor = Déposé ou prêté par
label-threat = Menace
label-collection = La collection
label-seized-by = Saisi par
label-likely-origins = Provient peut-être de
label-sent-from = Expédié de
label-bound-for = Destiné à
label-venue = Où
label-found-under = Trouvé sous
label-sale = Vente annoncée
label-types = Types d’objets
label-red-list = Liste rouge de l’ICOM
label-made = Fabrication
label-link = Va avec
section-typology = Ce qu’il faut chercher
made-in = { $from }
made-between = entre { $from } et { $to }
year-before = { $year } av. J.-C.
decimal-sign = ,
label-discovered = Constatée le
label-certainty = Certitude
label-urgency = Urgence
label-share = Vous recevez
lost-on = le { $earliest }
lost-between = entre le { $earliest } et le { $latest }
share-full = données de l’objet et circonstances
share-object_data = données de l’objet seulement
label-holder = Détenteur
label-place = Lieu
label-subdivision = Subdivision
label-premises = Nature du lieu
label-method = Mode opératoire
label-police = Référence de police
police-not-yet = pas encore
label-authority = Autorité informée
label-authority-on = Informée le
label-narrative = Les faits
label-claiming = État demandeur
label-lawful = Dernier lieu licite
label-permit = Certificat d’exportation
label-certificate = Numéro de certificat
label-law = Loi invoquée
label-route = Itinéraire présumé
label-destination = Destination présumée
label-type = Type
label-type-detail = Type en détail
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
label-origin = Pays d’origine ou de découverte
label-origin-text = Lieu d’origine, en toutes lettres
label-related-objects = Objets liés
label-documented = Documenté le
label-photographs = Photographies
label-flags = En outre

## By the link, files, pictures

heading-reference = { $kind } : à lire par le lien
lead-reference = Ce que couvre { $label } ne voyage pas dans ce message. Lisez-le sur la page du lien ci-dessous, avec ses images et ses fichiers.
read = Le lire
read-why = La page vous demande d’appuyer sur un bouton, car les machines ouvrent aussi les liens. Elle est pour vous seul : ne transmettez pas le lien.
read-title = { $reference } version { $version }
read-button = L’afficher
read-before = Ce que vous allez lire relève de { $label }. Il est noté que vous l’avez ouvert.
section-files = Fichiers
file-cap = Pour les systèmes d’alerte (CAP 1.2)
file-json = Pour d’autres programmes (JSON)
file-sheet = Fiche Object ID de l’objet { $number }
file-enclosed = ci-joint
file-by-link = par le lien ci-dessous
label-picture = Image
label-look-alike = Image d’un autre objet qui lui ressemble

## Nothing could be encrypted

subject-no-key = [{ $label }] { $reference } v{ $version } : un message qui n’a pu être chiffré pour vous
heading-no-key = Un message qui n’a pu être chiffré pour vous
lead-no-key = Le bureau a un message pour { $partner } sous la référence { $reference }. Il doit être chiffré, et le bureau n’a pas de clé utilisable pour cette adresse. Le message n’a pas été envoyé.
ask-no-key = Envoyez votre clé publique ou votre certificat actuel à { $desk }, ou appelez le bureau. L’empreinte est comparée par téléphone. Ensuite le message est envoyé.

# Several alerts in one mail; a mail that asks for an acknowledgement.
digest-subject = [{ $label }] Récapitulatif des alertes ({ $count })
digest-heading = Récapitulatif des alertes
digest-lead = Aucune de ces alertes n’est urgente : vous les recevez donc ensemble. Chacune a son numéro de dossier, sa mention et son lien pour en accuser réception.
reminder-subject = [{ $label }] { $reference } v{ $version } : merci d’accuser réception
reminder-text = Nous vous avons envoyé { $reference } (version { $version }) et n’avons pas encore d’accusé de réception de cette adresse. L’alerte elle-même se trouve dans notre message précédent. Merci d’ouvrir ce lien et de nous dire qu’une personne l’a reçue :
reminder-text-sealed = Nous vous avons envoyé { $reference } (version { $version }) et n’avons pas encore d’accusé de réception de cette adresse. L’alerte elle-même se trouve dans notre message précédent, chiffré. Merci d’ouvrir le lien qu’il contient et de nous dire qu’une personne l’a reçue.
reminder-rest = Si vous avez répondu entre-temps, vous n’avez rien à faire.

## Accusé de réception, diffusion, preuve

acknowledge = Accuser réception
acknowledge-why = Merci de confirmer qu’une personne a pris ce message en charge. Ouvrir le lien ne confirme rien : la page demande votre nom ou votre service.
handling-clear = { $label } : diffusion sans limite (TLP 2.0, FIRST).
handling-green = { $label } : pour votre communauté, sans publication (TLP 2.0, FIRST).
handling-amber = { $label } : pour votre organisation et ceux de ses clients qui ont besoin d’en connaître (TLP 2.0, FIRST).
handling-amber_strict = { $label } : pour votre organisation seulement, pour ceux qui ont besoin d’en connaître (TLP 2.0, FIRST).
handling-red = { $label } : pour vous en personne et pour nul autre (TLP 2.0, FIRST).
complements = Ce message complète la voie police et INTERPOL (victime, police, Bureau central national) ; il ne la remplace pas. Un objet qui n’est pas signalé n’est pas pour autant au-dessus de tout soupçon.
ledger = Registre à l’envoi : { $size } entrées, racine { $root }. Gardez ce message : il permet à chacun de prouver plus tard ce qui était enregistré alors.
ledger-none = Registre à l’envoi : pas encore de racine signée.
machine = Ce message a été envoyé par une machine pour le bureau. Les réponses parviennent à une personne : { $desk }.

## Dates

date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

## Codes

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

certainty-observed = Constaté : confirmé par la police ou un Bureau central national
certainty-likely = Probable : déclaré par un ministère, une délégation ou le détenteur
certainty-possible = Possible : d’une seule source, non officielle
certainty-unlikely = Peu probable
certainty-unknown = Inconnue

urgency-immediate = Immédiate : vol de moins de 72 heures, ou objet en vente ou à une frontière en ce moment
urgency-expected = Prochaine : fait récent, avec des pistes
urgency-future = Future : vente annoncée
urgency-past = Passée : perte ancienne

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

detection-inspection = Inspection sur place
detection-satellite = Images satellite
detection-aerial = Prises de vue aériennes ou par drone
detection-witness = Récit d’un témoin
detection-market = Objets de ce type sur le marché

threat-armed_conflict = Conflit armé
threat-unrest = Troubles ou pillages à proximité
threat-natural_disaster = Séisme, tempête ou autre catastrophe
threat-fire_or_flood = Incendie ou inondation
threat-unguarded = Laissé sans garde
threat-other = Autre

venue-auction = Vente aux enchères ou son catalogue
venue-dealer = Galerie ou marchand
venue-online = Marché en ligne ou réseau social
venue-fair = Foire ou marché
venue-border = Frontière, port ou aéroport
venue-museum = Musée ou exposition
venue-private = Collection privée
venue-other = Ailleurs

link-set = Élément d’un ensemble
link-pair = Élément d’une paire
link-stolen_together = Pris ensemble

## What an update changes

section-changes = Ce qui a changé depuis la version { $version }
changed-fields = Champs modifiés
changed-none = aucun de ceux que vous recevez
changed-more = Autres champs modifiés, voir plus bas
changed-of-object = Objet { $number } : { $field }
changed-before = { $field }, avant
changed-now = { $field }, à présent
changed-new = { $field }, nouveau
changed-gone = { $field }, supprimé
field-label = Marque de diffusion
field-language = Langue du signalement
field-earliest = Au plus tôt
field-latest = Au plus tard
field-object_added = ajouté
field-object_taken_out = retiré
field-photographs_shown = Photographies disponibles au bureau

## Mails about the directory

notice-change-subject = Tocsin : une modification de votre fiche est en attente
notice-change = Une modification de la fiche de { $partner } dans notre répertoire de partenaires a été proposée. Elle n’est pas encore faite.
notice-change-ask = Si vous l’avez demandée, vous n’avez rien à faire. Sinon, répondez à ce message ou appelez le bureau aussitôt ; la modification sera arrêtée.
notice-code-subject = Tocsin : merci de confirmer cette adresse
notice-code = Cette adresse figure dans notre répertoire de partenaires pour { $partner }. Merci de confirmer que vous la lisez : ouvrez
notice-code-enter = et saisissez le code { $code }
notice-code-unknown = Si vous ne savez pas de quoi il s’agit, répondez à ce message.
