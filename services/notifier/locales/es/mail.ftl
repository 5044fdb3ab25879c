# Correos y página de respuesta en español. Términos: Object ID, CAP 1.2, TLP 2.0 (las etiquetas no se traducen nunca).
# Las claves son las de la versión inglesa; una prueba compara claves y argumentos.

## Asunto y título

subject-alert = [{ $label }] { $reference } v{ $version } · { $event }: { $title }
subject-update = [{ $label }] ACTUALIZACIÓN · { $reference } v{ $version } · { $event }: { $title }
subject-cancel = [{ $label }] ANULADA · { $reference } v{ $version } · { $event }: { $title }
subject-recovery = [{ $label }] RECUPERADO · { $reference } v{ $version } · { $event }: { $title }
subject-restitution = [{ $label }] RESTITUCIÓN · { $reference } v{ $version } · { $event }: { $title }
subject-expert_request = [{ $label }] CONSULTA PERICIAL · { $reference } v{ $version } · { $event }: { $title }
subject-exercise = [{ $label }] EJERCICIO EJERCICIO · { $reference } v{ $version } · { $event }: { $title }
subject-withheld = [{ $label }] { $kind } · { $reference } v{ $version }

kind-alert = Alerta
kind-update = Actualización
kind-cancel = Anulación
kind-recovery = Recuperación
kind-restitution = Aviso de restitución
kind-expert_request = Consulta pericial
kind-exercise = EJERCICIO

heading-alert = Alerta: { $event }
heading-update = Actualización: { $event }
heading-cancel = Anulada: { $event }
heading-recovery = Recuperado: { $event }
heading-restitution = Restitución: { $event }
heading-expert_request = Consulta pericial: { $event }
heading-exercise = EJERCICIO, no es una alerta real: { $event }
heading-withheld = { $kind }: contenido reservado
version = { $reference }, versión { $version }, para { $partner }

## Qué es y qué hacer

lead-alert = { $count ->
    [one] A continuación se describe un objeto. Le rogamos que ayude a encontrarlo.
   *[other] A continuación se describen { $count } objetos. Le rogamos que ayude a encontrarlos.
}
lead-alert-type = No existe una lista de lo sustraído. Le rogamos que esté atento a los objetos del tipo descrito a continuación, dondequiera que aparezcan sin una procedencia comprobable.
lead-alert-owner = Una autoridad tiene en su poder lo que se describe a continuación y no se sabe a quién pertenece. Le rogamos que ayude a encontrar al propietario o el lugar de origen.
lead-alert-match = Se ha visto lo que se describe a continuación. Díganos, por favor, si le consta como desaparecido. Es confidencial: una palabra de más hace que el objeto cambie de sitio.
lead-update = Lo que se le comunicó sobre este caso ha cambiado. Este texto sustituye a todas las versiones anteriores.
lead-cancel = Esta alerta era errónea. Ya no hay nada que buscar con esta referencia.
lead-recovery = { $count ->
    [one] El objeto ha sido recuperado. La búsqueda ha terminado; aquí no se dice a quién pertenece.
   *[other] Los objetos han sido recuperados. La búsqueda ha terminado; aquí no se dice a quién pertenecen.
}
lead-recovery-partly = Objetos recuperados, descritos a continuación: { $count }. Otros objetos de este caso que se siguen buscando: { $others }.
lead-restitution = { $count ->
    [one] Hay novedades sobre la devolución del objeto del que se le informó. Este correo no toma partido sobre a quién pertenece.
   *[other] Hay novedades sobre la devolución de los objetos de los que se le informó. Este correo no toma partido sobre a quién pertenecen.
}
lead-expert_request = { $count ->
    [one] A continuación se describe un objeto. Le pedimos su opinión de experto: qué es y de dónde procede.
   *[other] A continuación se describen { $count } objetos. Le pedimos su opinión de experto: qué son y de dónde proceden.
}
lead-exercise = Esto es un EJERCICIO. No ha ocurrido nada y no falta nada: probamos si nuestras alertas le llegan. Le rogamos que acuse recibo y que no lo difunda como alerta.
lead-withheld = { $label } se dirige a usted en persona, y el correo lo leen máquinas y suplentes. Por eso este correo no tiene contenido: diríjase a la oficina en { $desk } y cite { $reference }.

section-ask = Lo que le pedimos
ask-alert-look = { $count ->
    [one] Esté atento a él en ventas, anticuarios, internet, tránsito y fronteras.
   *[other] Esté atento a ellos en ventas, anticuarios, internet, tránsito y fronteras.
}
ask-alert-hold = { $count ->
    [one] No lo compre, venda, traslade ni acepte, y no alerte a quien lo tenga.
   *[other] No los compre, venda, traslade ni acepte, y no alerte a quien los tenga.
}
ask-alert-report = Si ve algo, avise primero a su policía. Después responda a este correo o escriba a { $desk } y cite { $reference }.
ask-type-look = Esté atento a tales objetos en ventas, anticuarios, internet, tránsito y fronteras, y pregunte de dónde proceden.
ask-type-hold = No compre, venda, traslade ni acepte ninguno cuya procedencia nadie pueda demostrar.
ask-owner-look = Compare con sus registros, inventarios y reclamaciones.
ask-owner-pass = Pregunte en su organización a quienes conocen objetos de este tipo.
ask-owner-report = Responda a este correo o escriba a { $desk } y cite { $reference }, aunque no esté seguro.
ask-match-look = Compare con sus registros de objetos desaparecidos y robados.
ask-match-quiet = No lo diga a nadie que no deba saberlo y no se ponga en contacto con quien lo muestre u ofrezca.
ask-update-replace = Sustituya por esta la versión anterior, dondequiera que la guarde.
ask-update-pass = Transmita esta versión a todos los que recibieron de usted una anterior.
ask-update-report = Si ha visto algo, avise primero a su policía. Después responda a este correo o escriba a { $desk } y cite { $reference }.
ask-cancel-stop = Ponga fin a la búsqueda y borre o corrija lo que haya registrado.
ask-cancel-pass = Comunique la anulación a todos los que recibieron de usted la alerta.
ask-cancel-report = Si ha actuado a raíz de la alerta, o duda de su anulación, responda a este correo o escriba a { $desk } y cite { $reference }.
ask-recovery-stop = Ponga fin a la búsqueda y anote la recuperación donde registró la alerta.
ask-recovery-pass = Comunique a todos los que recibieron de usted la alerta que la búsqueda ha terminado.
ask-recovery-report = Si sabe algo más, responda a este correo o escriba a { $desk } y cite { $reference }.
ask-partly-stop = Ponga fin a la búsqueda de lo que se describe a continuación y anótelo donde registró la alerta. Siga buscando los demás.
ask-partly-pass = Comunique a todos los que recibieron de usted la alerta qué objetos se han recuperado.
ask-restitution-note = Anótelo donde registró la alerta.
ask-restitution-pass = Comuníquelo a todos los que recibieron de usted la alerta.
ask-restitution-report = Si sabe algo más, responda a este correo o escriba a { $desk } y cite { $reference }.
ask-expert_request-look = Compárelo con lo que conoce: tipo, material, inscripciones, lugares de hallazgo, publicaciones.
ask-expert_request-hold = { $count ->
    [one] Limite esta consulta a las personas cuya opinión necesite y no se ponga en contacto con quien pueda tener el objeto.
   *[other] Limite esta consulta a las personas cuya opinión necesite y no se ponga en contacto con quien pueda tener los objetos.
}
ask-expert_request-report = Responda a este correo o escriba a { $desk }, cite { $reference } y diga con qué seguridad lo afirma y por qué.
ask-exercise-look = Acuse recibo de este correo como lo haría con una alerta.
ask-exercise-hold = No registre nada, no busque nada, no avise a nadie: { $reference } es un ejercicio.
ask-exercise-report = Si un enlace o una dirección no funciona, responda a este correo o escriba a { $desk }.

section-message-alert = De la oficina
section-message-update = Qué ha cambiado
section-message-cancel = Por qué se anula
section-message-recovery = Sobre la recuperación
section-message-restitution = Sobre la devolución
section-message-expert_request = Lo que preguntamos
section-message-exercise = Sobre el ejercicio
original-note = [{ $code }] señala palabras del informe o de la oficina en su idioma original, { $language }. No se traducen.
shortened = … (abreviado)
left-out = { $count ->
    [one] Otro objeto forma parte de este caso y no se imprime aquí. Pida la lista a la oficina en { $desk }.
   *[other] Otros { $count } objetos forman parte de este caso y no se imprimen aquí. Pida la lista a la oficina en { $desk }.
}

## Secciones y rótulos

labelled = { $label }:
section-case = Caso
section-circumstances = Circunstancias
section-object = Objeto { $number } de { $count }
section-typology = Qué buscar
label-title = Título
label-event = Hecho
label-country = País
label-lost = Pérdida
label-discovered = Advertida
label-detected = Detectado
label-since = En peligro
label-seized = Incautado
label-seen = Visto
label-certainty = Certeza
label-urgency = Urgencia
label-share = Se le muestra
lost-on = el { $earliest }
lost-between = entre el { $earliest } y el { $latest }
share-full = datos de los objetos y circunstancias
share-object_data = solo datos de los objetos
label-holder = Titular
label-responsible = Responsable del sitio
label-kept-by = Custodiado por
label-offered-by = Mostrado u ofrecido por
label-site = Sitio
label-site-number = Número del sitio
label-detected-by = Detectado por
label-extent = Alcance del daño
label-listed-in = Inscrito en
label-depositor = Depositado o prestado por
label-threat = Amenaza
label-collection = La colección
label-seized-by = Incautado por
label-likely-origins = Puede proceder de
label-sent-from = Enviado desde
label-bound-for = Con destino a
label-venue = Dónde
label-found-under = Figura como
label-sale = Venta anunciada
label-types = Tipos de objetos
label-red-list = Lista Roja del ICOM
label-made = Realizado
label-link = Forma conjunto
made-in = { $from }
made-between = entre { $from } y { $to }
year-before = { $year } a. e. c.
decimal-sign = ,
label-place = Lugar
label-subdivision = Subdivisión
label-premises = Tipo de lugar
label-method = Modo
label-police = Referencia policial
police-not-yet = aún no
label-authority = Autoridad informada
label-authority-on = Informada el
label-narrative = Qué ocurrió
label-claiming = Estado reclamante
label-lawful = Último lugar lícito
label-permit = Permiso de exportación
label-certificate = Número de certificado
label-law = Norma invocada
label-route = Ruta presunta
label-destination = Destino presunto
label-type = Tipo
label-type-detail = Tipo en detalle
label-materials = Materiales y técnicas
label-measurements = Medidas
label-inscriptions = Inscripciones y marcas
label-features = Rasgos distintivos
label-subject = Tema
label-date = Fecha o período
label-maker = Autor o cultura
label-description = Descripción
label-inventory = Número de inventario
label-related-material = Documentación relacionada
label-origin = País de origen o hallazgo
label-origin-text = Lugar de origen en palabras
label-related-objects = Objetos relacionados
label-documented = Fecha de documentación
label-photographs = Fotografías
label-flags = Además

## By the link, files, pictures

heading-reference = { $kind }: para leer por el enlace
lead-reference = Lo que cubre { $label } no viaja en este correo. Léalo en la página del enlace de abajo, con sus imágenes y archivos.
read = Leerlo
read-why = La página le pide que pulse un botón, porque también las máquinas abren enlaces. Es solo para usted: no transmita el enlace.
read-title = { $reference } versión { $version }
read-button = Mostrarlo
read-before = Lo que va a leer está sujeto a { $label }. Queda anotado que lo ha abierto.
section-files = Archivos
file-cap = Para sistemas de alerta (CAP 1.2)
file-json = Para otros programas (JSON)
file-sheet = Ficha Object ID del objeto { $number }
file-enclosed = adjunto
file-by-link = por el enlace de abajo
label-picture = Imagen
label-look-alike = Imagen de otro objeto que se le parece

## Nothing could be encrypted

subject-no-key = [{ $label }] { $reference } v{ $version }: un mensaje que no se pudo cifrar para usted
heading-no-key = Un mensaje que no se pudo cifrar para usted
lead-no-key = La oficina tiene un mensaje para { $partner } con la referencia { $reference }. Debe ir cifrado, y la oficina no tiene ninguna clave utilizable de esta dirección. El mensaje no se ha enviado.
ask-no-key = Envíe su clave pública o su certificado actual a { $desk }, o llame a la oficina. La huella se compara por teléfono. Después se envía el mensaje.

# Several alerts in one mail; a mail that asks for an acknowledgement.
digest-subject = [{ $label }] Resumen de alertas ({ $count })
digest-heading = Resumen de alertas
digest-lead = Ninguna de estas alertas es urgente, por eso las recibe juntas. Cada una tiene su número de caso, su etiqueta y su enlace para acusar recibo.
reminder-subject = [{ $label }] { $reference } v{ $version }: acuse recibo, por favor
reminder-text = Le enviamos { $reference } (versión { $version }) y aún no tenemos acuse de recibo de esta dirección. La alerta está en nuestro correo anterior. Abra este enlace, por favor, y díganos que una persona la tiene:
reminder-text-sealed = Le enviamos { $reference } (versión { $version }) y aún no tenemos acuse de recibo de esta dirección. La alerta está en nuestro correo anterior, cifrado. Abra, por favor, el enlace que contiene y díganos que una persona la tiene.
reminder-rest = Si ya ha contestado, no tiene que hacer nada.

## Acuse de recibo, tratamiento, prueba

acknowledge = Acusar recibo
acknowledge-why = Confirme, por favor, que una persona se ha hecho cargo de esto. Abrir el enlace no confirma nada: la página pide su nombre o unidad.
handling-clear = { $label }: difusión sin límite (TLP 2.0, FIRST).
handling-green = { $label }: para su comunidad, no para publicar (TLP 2.0, FIRST).
handling-amber = { $label }: para su organización y sus clientes que necesiten saberlo (TLP 2.0, FIRST).
handling-amber_strict = { $label }: solo para su organización, para quienes necesiten saberlo (TLP 2.0, FIRST).
handling-red = { $label }: para usted en persona y para nadie más (TLP 2.0, FIRST).
complements = Este correo complementa la vía policial y de INTERPOL (víctima, policía, Oficina Central Nacional); no la sustituye. Que un objeto no figure no significa que esté libre de sospecha.
ledger = Registro en el momento del envío: { $size } asientos, raíz { $root }. Conserve este correo: con él cualquiera podrá probar después qué constaba hasta entonces.
ledger-none = Registro en el momento del envío: aún sin raíz firmada.
machine = Este correo lo envió una máquina en nombre de la oficina. Las respuestas llegan a una persona en { $desk }.

## Fechas

date = { $day } de { $month } de { $year }
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre

## Códigos

event-theft = Robo
event-illicit_export = Exportación ilícita
event-looting = Saqueo
event-missing = Falta advertida en inventario
event-sighting = Avistamiento
event-seizure = Incautación, propietario desconocido
event-recovery = Recuperación
event-restitution = Restitución
event-emergency = Emergencia, colección en peligro

method-stolen = Robado
method-burglary = Robo con allanamiento
method-robbery = Robo con violencia
method-insider = Sustracción por personal interno
method-substitution = Sustitución por una copia
method-clandestine_excavation = Excavación clandestina
method-detached_from_monument = Arrancado de un monumento
method-lost_in_transit = Perdido en tránsito
method-not_returned = No devuelto de préstamo o exportación temporal
method-looted_in_conflict = Saqueado en un conflicto
method-unknown = Desconocido

premises-museum = Museo
premises-place_of_worship = Lugar de culto
premises-archaeological_site = Sitio arqueológico
premises-underwater_site = Sitio subacuático
premises-monument = Monumento o espacio público
premises-library = Biblioteca
premises-archive = Archivo
premises-private_home = Domicilio particular
premises-dealer = Galería o anticuario
premises-storage = Almacén
premises-transport = Transporte
premises-unknown = Desconocido

permit-none = Sin permiso
permit-refused = Denegado
permit-temporary_overdue = Temporal, vencido sin retorno
permit-expired = Caducado
permit-forged = Falsificado o alterado
permit-other_object = Auténtico, de otro objeto
permit-unknown = Desconocido

certainty-observed = Confirmado por la policía o una Oficina Central Nacional
certainty-likely = Probable: declarado por un ministerio, una delegación o el titular
certainty-possible = Posible: de una sola fuente no oficial
certainty-unlikely = Improbable
certainty-unknown = Desconocida

urgency-immediate = Inmediata: robo de las últimas 72 horas, u objeto ahora en venta o en una frontera
urgency-expected = Próxima: reciente, con pistas
urgency-future = Futura: venta anunciada
urgency-past = Pasada: pérdida histórica

type-painting = Pintura
type-drawing_print = Dibujo o grabado
type-sculpture = Escultura
type-religious = Objeto religioso
type-archaeological = Objeto arqueológico
type-monument_fragment = Fragmento de monumento
type-coin_medal = Moneda o medalla
type-book_manuscript = Libro o manuscrito
type-archive_av = Archivo, sonido o película
type-ethnographic = Objeto etnográfico
type-furniture = Mueble
type-ceramic_glass = Cerámica o vidrio
type-jewellery_metalwork = Joyería u orfebrería
type-textile = Textil
type-arms_armour = Armas o armaduras
type-clock_scientific = Reloj o instrumento científico
type-musical_instrument = Instrumento musical
type-natural_specimen = Espécimen natural
type-stamp = Sello
type-other = Otro

flag-human_remains = Restos humanos
flag-sacred_or_communal = Sagrado o comunal
flag-inventoried = Inventariado
flag-national_treasure = Tesoro nacional
flag-world_heritage_site = De un sitio del Patrimonio Mundial
flag-conflict_area = De una zona de conflicto

dimension-height = Altura
dimension-width = Anchura
dimension-depth = Profundidad
dimension-length = Longitud
dimension-diameter = Diámetro
dimension-thickness = Grosor
dimension-weight = Peso

photographs-available = Disponibles por quien informa
photographs-look_alike = Solo de un objeto semejante
photographs-none = No existe fotografía
photographs-unknown = Aún no se sabe

detection-inspection = Inspección sobre el terreno
detection-satellite = Imágenes de satélite
detection-aerial = Reconocimiento aéreo o con dron
detection-witness = Relato de un testigo
detection-market = Hallazgos de ese tipo en el mercado

threat-armed_conflict = Conflicto armado
threat-unrest = Disturbios o saqueos cercanos
threat-natural_disaster = Terremoto, tormenta u otro desastre
threat-fire_or_flood = Incendio o inundación
threat-unguarded = Sin vigilancia
threat-other = Otra

venue-auction = Subasta o su catálogo
venue-dealer = Galería o anticuario
venue-online = Mercado en línea o redes sociales
venue-fair = Feria o mercado
venue-border = Frontera, puerto o aeropuerto
venue-museum = Museo o exposición
venue-private = Colección privada
venue-other = Otro lugar

link-set = Parte de un conjunto
link-pair = Uno de una pareja
link-stolen_together = Sustraído junto con otros

## What an update changes

section-changes = Qué ha cambiado desde la versión { $version }
changed-fields = Campos modificados
changed-none = ninguno de los que usted recibe
changed-more = Otros campos modificados, véase más abajo
changed-of-object = Objeto { $number }: { $field }
changed-before = { $field }, antes
changed-now = { $field }, ahora
changed-new = { $field }, nuevo
changed-gone = { $field }, suprimido
field-label = Etiqueta de difusión
field-language = Idioma de la denuncia
field-earliest = No antes del
field-latest = No después del
field-object_added = añadido
field-object_taken_out = retirado
field-photographs_shown = Fotografías disponibles en la oficina

## Mails about the directory

notice-change-subject = Tocsin: hay un cambio pendiente en su ficha
notice-change = Se ha propuesto un cambio en la ficha de { $partner } en nuestro directorio de socios. Todavía no se ha hecho.
notice-change-ask = Si lo ha pedido usted, no tiene que hacer nada. Si no, responda a este mensaje o llame enseguida a la oficina; el cambio se detendrá.
notice-code-subject = Tocsin: confirme esta dirección
notice-code = Esta dirección figura en nuestro directorio de socios para { $partner }. Confirme que la lee: abra
notice-code-enter = e introduzca el código { $code }
notice-code-unknown = Si no sabe de qué se trata, responda a este mensaje.
