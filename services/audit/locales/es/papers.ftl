# Textos fijos de lo que se imprime. La plantilla completa %page y %total.
page-of = Página %page de %total
evidence = Prueba de notificación
case = Caso
about = Objeto
reference = Referencia
event = Suceso
country = País
lost-between = Perdido entre
registered = Registrado
as-of = Situación a
label = Nivel de difusión
none = ninguno
summary = En resumen
sum-versions = { $count ->
    [one] Se difundió una versión de la alerta.
   *[other] Se difundieron { $count } versiones de la alerta.
}
sum-told = { $partners ->
    [one] Se informó a un asociado
   *[other] Se informó a { $partners } asociados
} en { $addresses ->
    [one] una dirección
   *[other] { $addresses } direcciones
}; el servidor de correo aceptó { $accepted } y { $acknowledged } acusaron recibo.
sum-not-told = { $count ->
    [0] No se excluyó a ningún asociado.
    [one] No se informó a un asociado; el motivo figura más abajo.
   *[other] No se informó a { $count } asociados; cada motivo figura más abajo.
}
accepted-means = «Aceptado» significa que el servidor de correo del asociado se hizo cargo del mensaje. No significa entregado ni leído: solo un acuse de recibo muestra que una persona lo vio.
verified = Cómo lo verificó la oficina
when = Cuándo
certainty = Certeza
on-which-evidence = Con qué prueba
by-whom = Quién
note = Nota
not-verified = El caso no ha sido verificado.
version = Versión { $number }: { $kind }
drafted = Redactada
released = Difundida
by = { $when }, por { $who }
reach = Limitada a
decided = Destinatarios decididos
decided-by = { $when }, por el conjunto de reglas { $rules } sobre la revisión { $directory } del directorio
undecided = Aún se está decidiendo quién debe saberlo.
told-of = A quién se informó
partner = Asociado
kind = Tipo
shown = Contenido
why = Por qué
what-happened = Qué ocurrió
acknowledged = Acuse de recibo
not-yet = todavía no
possible-repeat = posible repetición, mismo Message-ID
on-the-wire = en curso
no-attempt = aún sin intentos
at-stage = en { $stage }
mail-sha256 = Mensaje, SHA-256
not-told-of = A quién no se informó
reason = Por qué no
nobody-told = No se informó a nadie de esta versión.
follow-up = { $heard ->
    [one] Un asociado había recibido una versión anterior
   *[other] { $heard } asociados habían recibido una versión anterior
}; esta se dirigió a { $again } de ellos y fue aceptada para { $accepted }.
missed = No se llegó a ellos, aunque habían recibido una versión anterior
proof = Prueba
proof-means = Cada hecho anterior es una entrada de un registro al que solo se puede añadir (RFC 6962). El punto de control siguiente está firmado; las mismas raíces viajan en cada mensaje, de modo que cada asociado es testigo. Cualquiera puede recalcular la raíz y comparar: tocsin ledger verify --checkpoint FICHERO.
ledger-root = Raíz
ledger-size = Entradas
ledger-signed = Firmado
ledger-key = Clave de verificación
checkpoint = Punto de control
entries-of-case = Entradas de este caso
entry = Entrada
fact = Hecho
happened = Ocurrió
identifier = Identificador
deliveries-entered = { $count ->
    [one] Otra entrada registra un intento de entrega (entrada { $first }).
   *[other] Otras { $count } entradas registran intentos de entrega (entradas { $first } a { $last }).
}
inclusion = Inclusión de las decisiones
inclusion-means = Calcúlese el resumen de la hoja con cada hermano por turno (RFC 6962, 2.1.1); el resultado debe ser la raíz anterior.
leaf = Hoja
siblings = Hermanos
no-ledger = El registro aún no tiene punto de control.
footer-root = Registro { $size }, raíz { $root }
pack = Documentación de la reunión
pack-of-all = Todos los asociados y regiones
pack-of-partner = Asociado: { $name }
pack-of-region = Región: { $name }
pack-reproduce = Calculado con las entradas { $from } a { $to } del registro ({ $first } a { $last }). Las mismas entradas dan las mismas cifras en cualquier copia del registro.
pack-figures = Cifras
pack-figure = Cifra
pack-value = Valor
pack-unit = Unidad
pack-cases = Casos registrados
pack-alerts = Alertas difundidas
pack-updates = Correcciones y actualizaciones
pack-cancels = Alertas retiradas por erróneas
pack-recoveries = Recuperaciones comunicadas a los asociados
pack-returns = Restituciones comunicadas a los asociados
pack-told = Asociados informados
pack-not-told = Asociados no informados, con motivo
pack-accepted = Mensajes aceptados por el servidor del asociado
pack-refused = Mensajes rechazados o abandonados
pack-acknowledged = Acuses de recibo
pack-to-accepted = De la difusión a la aceptación, mediana
pack-to-accepted-95 = De la difusión a la aceptación, percentil 95
pack-to-acknowledged = De la difusión al acuse de recibo, mediana
pack-to-acknowledged-95 = De la difusión al acuse de recibo, percentil 95
pack-sightings = Avistamientos comunicados
unit-cases = casos
unit-versions = versiones de alerta
unit-notifications = notificaciones
unit-mails = mensajes
unit-answers = respuestas
unit-time = horas:minutos:segundos
unit-sightings = avistamientos
pack-no-value = sin datos
pack-by-month = Versiones de alerta por mes
pack-by-kind = Notificaciones por tipo de asociado
pack-by-country = Casos por país de la pérdida
pack-by-wait = Notificaciones según el plazo del acuse de recibo
wait-hour = en 1 hora
wait-four-hours = en 4 horas
wait-day = en 24 horas
wait-three-days = en 3 días
wait-longer = más tarde
wait-none = todavía no
unit-objects = objetos
pack-objects-recovered = Objetos recuperados
pack-objects-returned = Objetos devueltos
pack-map-means = Contornos: Natural Earth. Los nombres y las fronteras de este mapa no implican juicio alguno sobre la condición de ningún país o territorio.
pack-gaps = Lagunas de cobertura
pack-gaps-means = Países ({ $region }) para los que el directorio (revisión { $revision }) no tiene ningún asociado policial activo: { $count } de { $total }.
pack-no-gaps = Todos los países tienen un asociado policial activo en el directorio (revisión { $revision }).
pack-alerts-list = Versiones de alerta del período
pack-told-column = Informados
pack-median-ack = Acuse de recibo, mediana
pack-no-alerts = En estas entradas no se difundió ninguna alerta.
alert-version = Versión
month = Mes
count = Número
object-sheet = Ficha Object ID
event-theft = Robo
event-illicit_export = Exportación ilícita
event-looting = Saqueo
event-missing = Falta en el inventario
event-sighting = Avistamiento
event-seizure = Incautación, propietario desconocido
event-recovery = Recuperación
event-restitution = Restitución
event-emergency = Emergencia, colección en peligro
alert-kind-alert = Alerta
alert-kind-update = Actualización
alert-kind-cancel = Anulación
alert-kind-recovery = Recuperación
alert-kind-restitution = Restitución
reach-police = Solo policía
reach-all = Todos los asociados
partner-kind-police = Policía o institución nacional
partner-kind-igo = Organización intergubernamental
partner-kind-ngo = Organización no gubernamental
partner-kind-research = Instituto de investigación
share-full = Completo
share-object_data = Solo datos del objeto
delivery-state-pending = Pendiente
delivery-state-accepted = Aceptado por el servidor de correo
delivery-state-refused = Rechazado por el servidor de correo
delivery-state-uncertain = Incierto
delivery-state-expired = Caducado
delivery-state-held = Retenido
delivery-state-cancelled = Anulado
outcome-accepted = Aceptado
outcome-deferred = Aplazado
outcome-refused = Rechazado
outcome-uncertain = Incierto
certainty-observed = Constatado
certainty-likely = Probable
certainty-possible = Posible
certainty-unlikely = Improbable
certainty-unknown = Desconocido
alert-kind-expert_request = Consulta a expertos
alert-kind-exercise = Ejercicio
evidence-police_report = Informe policial
evidence-ncb_message = Mensaje de una Oficina Central Nacional
evidence-ministry_note = Nota de un ministerio
evidence-inventory_extract = Extracto de inventario
evidence-stock_taking = Informe de inventario
evidence-export_refusal = Denegación de exportación
evidence-site_inspection = Inspección del sitio
evidence-satellite_analysis = Análisis de satélite
evidence-press_only = Solo prensa
