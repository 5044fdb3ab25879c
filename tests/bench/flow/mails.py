"""One task a mail, as one builds it with Celery: RabbitMQ with publisher confirms, acknowledged after the work, connections to the
mail server and to PostgreSQL kept, a row for each mail."""

import os
import smtplib
import sys
import time
from email.message import EmailMessage
from email.utils import formatdate

import psycopg
from celery import Celery
from celery.signals import worker_ready

app = Celery("mails", broker=os.environ["BROKER"].replace("amqp://", "pyamqp://", 1))
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
)

LINE = "The object was taken by burglary between 1 and 2 May 2025; whoever is offered it calls the desk.\n"
kept = {}


def connections():
    """Those of this worker, made with its first mail."""
    if not kept:
        kept["smtp"] = smtplib.SMTP("127.0.0.1", int(os.environ["SINK"]), local_hostname="bench.example")
        kept["database"] = psycopg.connect(os.environ["DATABASE"], autocommit=True)
    return kept["smtp"], kept["database"]


@app.task
def mail(case, recipient):
    """Composes, sends and records one mail."""
    message = EmailMessage()
    message["From"] = "desk@tocsin.example"
    message["To"] = recipient
    message["Subject"] = f"[TLP:GREEN] Theft, case {case}: statuette"
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{case}.{recipient}>"
    text = f"Case {case}, for {recipient}\n\n" + LINE * 20
    message.set_content(text)
    message.add_alternative("<html><body><p>" + text.replace("\n", "<br>") + "</p></body></html>", subtype="html")
    smtp, database = connections()
    smtp.send_message(message)
    database.execute("INSERT INTO mails (case_number, recipient) VALUES (%s, %s)", (case, recipient))


@worker_ready.connect
def ready(**_):
    print("the workers are ready", flush=True)


def table():
    with psycopg.connect(os.environ["DATABASE"]) as database:
        database.execute(
            "CREATE TABLE mails (id BIGSERIAL PRIMARY KEY, case_number BIGINT NOT NULL, recipient TEXT NOT NULL,"
            " sent_at TIMESTAMPTZ NOT NULL DEFAULT now())"
        )


def publish(cases, recipients):
    """All tasks over one connection; says when the first was on its way."""
    with app.producer_or_acquire() as producer:
        print(time.time_ns() // 1000)
        for case in range(cases):
            for number in range(recipients):
                mail.apply_async((case, f"unit{number}@d{number}.police.example"), producer=producer)


if __name__ == "__main__":
    if sys.argv[1] == "table":
        table()
    else:
        # By its name as a module, which the tasks carry.
        import mails

        mails.publish(int(sys.argv[2]), int(sys.argv[3]))
