# Textes fixes des documents imprimés. %page et %total sont remplis par le modèle.
page-of = Page %page sur %total
evidence = Preuve de notification
case = Dossier
about = Objet
reference = Référence
event = Événement
country = Pays
lost-between = Perdu entre
registered = Enregistré
as-of = État au
label = Marquage de diffusion
none = néant
summary = En bref
sum-versions = { $count ->
    [one] Une version d’alerte a été diffusée.
   *[other] { $count } versions d’alerte ont été diffusées.
}
sum-told = { $partners ->
    [one] Un partenaire a été informé
   *[other] { $partners } partenaires ont été informés
} à { $addresses ->
    [one] une adresse
   *[other] { $addresses } adresses
} ; le serveur de messagerie en a accepté { $accepted }, { $acknowledged } ont accusé réception.
sum-not-told = { $count ->
    [0] Aucun partenaire n’a été écarté.
    [one] Un partenaire n’a pas été informé ; le motif figure ci-dessous.
   *[other] { $count } partenaires n’ont pas été informés ; chaque motif figure ci-dessous.
}
accepted-means = « Accepté » signifie que le serveur du partenaire a pris le message en charge. Cela ne veut dire ni remis ni lu : seul un accusé de réception montre qu’une personne l’a vu.
verified = Comment le bureau a vérifié
when = Quand
certainty = Certitude
on-which-evidence = Sur quelle pièce
by-whom = Par qui
note = Note
not-verified = Le dossier n’a pas été vérifié.
version = Version { $number } : { $kind }
drafted = Rédigée
released = Diffusée
by = { $when }, par { $who }
reach = Limitée à
decided = Destinataires arrêtés
decided-by = { $when }, par le jeu de règles { $rules } sur la révision { $directory } de l’annuaire
undecided = Les destinataires sont en cours de détermination.
told-of = Qui a été informé
partner = Partenaire
kind = Catégorie
shown = Contenu
why = Pourquoi
what-happened = Ce qui s’est passé
acknowledged = Accusé de réception
not-yet = pas encore
possible-repeat = répétition possible, même Message-ID
on-the-wire = en cours d’envoi
no-attempt = aucun essai
at-stage = à l’étape { $stage }
mail-sha256 = Message, SHA-256
not-told-of = Qui n’a pas été informé
reason = Pourquoi pas
nobody-told = Personne n’a été informé de cette version.
follow-up = { $heard ->
    [one] Un partenaire avait reçu une version antérieure
   *[other] { $heard } partenaires avaient reçu une version antérieure
} ; celle-ci a été adressée à { $again } d’entre eux et acceptée pour { $accepted }.
missed = N’ont pas été atteints, bien qu’ils aient reçu une version antérieure
proof = Preuve
proof-means = Chaque fait ci-dessus est une entrée d’un registre auquel on ne peut qu’ajouter (RFC 6962). Le point de contrôle ci-dessous est signé ; les mêmes racines voyagent dans chaque message, de sorte que chaque partenaire en est témoin. Quiconque peut recalculer la racine et comparer : tocsin ledger verify --checkpoint FICHIER.
ledger-root = Racine
ledger-size = Entrées
ledger-signed = Signé
ledger-key = Clé de vérification
checkpoint = Point de contrôle
entries-of-case = Entrées de ce dossier
entry = Entrée
fact = Fait
happened = Survenu
identifier = Identifiant
deliveries-entered = { $count ->
    [one] Une autre entrée consigne un essai de remise (entrée { $first }).
   *[other] { $count } autres entrées consignent les essais de remise (entrées { $first } à { $last }).
}
inclusion = Inclusion des décisions
inclusion-means = Hacher la feuille avec chaque frère tour à tour (RFC 6962, 2.1.1) ; le résultat doit être la racine ci-dessus.
leaf = Feuille
siblings = Frères
no-ledger = Le registre n’a pas encore de point de contrôle.
footer-root = Registre { $size }, racine { $root }
pack = Dossier de réunion
pack-of-all = Tous les partenaires et toutes les régions
pack-of-partner = Partenaire : { $name }
pack-of-region = Région : { $name }
pack-reproduce = Calculé sur les entrées { $from } à { $to } du registre (du { $first } au { $last }). Les mêmes entrées donnent les mêmes chiffres sur toute copie du registre.
pack-figures = Chiffres
pack-figure = Chiffre
pack-value = Valeur
pack-unit = Unité
pack-cases = Dossiers enregistrés
pack-alerts = Alertes diffusées
pack-updates = Corrections et mises à jour
pack-cancels = Alertes retirées comme erronées
pack-recoveries = Récupérations annoncées aux partenaires
pack-returns = Restitutions annoncées aux partenaires
pack-told = Partenaires informés
pack-not-told = Partenaires non informés, avec motif
pack-accepted = Messages acceptés par le serveur du partenaire
pack-refused = Messages refusés ou abandonnés
pack-acknowledged = Accusés de réception
pack-to-accepted = De la diffusion à l’acceptation, médiane
pack-to-accepted-95 = De la diffusion à l’acceptation, 95e centile
pack-to-acknowledged = De la diffusion à l’accusé de réception, médiane
pack-to-acknowledged-95 = De la diffusion à l’accusé de réception, 95e centile
pack-sightings = Signalements reçus
unit-cases = dossiers
unit-versions = versions d’alerte
unit-notifications = notifications
unit-mails = messages
unit-answers = réponses
unit-time = heures:minutes:secondes
unit-sightings = signalements
pack-no-value = sans donnée
pack-by-month = Versions d’alerte par mois
pack-by-kind = Notifications par catégorie de partenaire
pack-by-country = Affaires par pays de la perte
pack-by-wait = Notifications selon le délai d’accusé de réception
wait-hour = en 1 heure
wait-four-hours = en 4 heures
wait-day = en 24 heures
wait-three-days = en 3 jours
wait-longer = plus tard
wait-none = pas encore
unit-objects = objets
pack-objects-recovered = Objets récupérés
pack-objects-returned = Objets restitués
pack-map-means = Contours : Natural Earth. Les noms et les frontières figurant sur cette carte n’impliquent aucune prise de position quant au statut d’un pays ou d’un territoire.
pack-gaps = Lacunes de couverture
pack-gaps-means = Pays ({ $region }) pour lesquels l’annuaire (révision { $revision }) n’a aucun partenaire de police actif : { $count } sur { $total }.
pack-no-gaps = Chaque pays a un partenaire de police actif dans l’annuaire (révision { $revision }).
pack-alerts-list = Versions d’alerte de la période
pack-told-column = Informés
pack-median-ack = Accusé de réception, médiane
pack-no-alerts = Aucune alerte n’a été diffusée dans ces entrées.
alert-version = Version
month = Mois
count = Nombre
object-sheet = Fiche Object ID
event-theft = Vol
event-illicit_export = Exportation illicite
event-looting = Pillage
event-missing = Manquant au récolement
event-sighting = Signalement
event-seizure = Saisie, propriétaire inconnu
event-recovery = Récupération
event-restitution = Restitution
event-emergency = Urgence, collection menacée
alert-kind-alert = Alerte
alert-kind-update = Mise à jour
alert-kind-cancel = Annulation
alert-kind-recovery = Récupération
alert-kind-restitution = Restitution
reach-police = Police seulement
reach-all = Tous les partenaires
partner-kind-police = Police ou institution nationale
partner-kind-igo = Organisation intergouvernementale
partner-kind-ngo = Organisation non gouvernementale
partner-kind-research = Institut de recherche
share-full = Complet
share-object_data = Données de l’objet seulement
delivery-state-pending = En attente
delivery-state-accepted = Accepté par le serveur de messagerie
delivery-state-refused = Refusé par le serveur de messagerie
delivery-state-uncertain = Incertain
delivery-state-expired = Expiré
delivery-state-held = Retenu
delivery-state-cancelled = Annulé
outcome-accepted = Accepté
outcome-deferred = Différé
outcome-refused = Refusé
outcome-uncertain = Incertain
certainty-observed = Constaté
certainty-likely = Probable
certainty-possible = Possible
certainty-unlikely = Improbable
certainty-unknown = Inconnu
alert-kind-expert_request = Demande d’expertise
alert-kind-exercise = Exercice
evidence-police_report = Rapport de police
evidence-ncb_message = Message d’un Bureau central national
evidence-ministry_note = Note d’un ministère
evidence-inventory_extract = Extrait d’inventaire
evidence-stock_taking = Procès-verbal de récolement
evidence-export_refusal = Refus d’exportation
evidence-site_inspection = Inspection du site
evidence-satellite_analysis = Analyse satellitaire
evidence-press_only = Presse seulement
