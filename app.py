"""Every way into Denwaban, on one screen: pages, the JSON API, and what the cloud calls."""

import gc

gc.disable()  # loading makes much and throws nothing away: a tenth of a cold start

from chalice import Chalice

from chalicelib.handlers import jobs
from chalicelib.handlers.api import (
    admin,
    bank,
    calls,
    closes,
    contracts,
    life,
    lines,
    memos,
    money,
    paper,
    payouts,
    plans,
    roster,
)
from chalicelib.handlers.pages import signup, site
from chalicelib.rules import houses

app = Chalice(app_name="denwaban")
houses.all_houses()  # a house file that cannot be right stops the start here

app.register_blueprint(site.routes)  # /  /{house}  /confirm/{token}  /paper/{token}  /static
app.register_blueprint(signup.routes)  # /{house}/signup
app.register_blueprint(memos.routes)  # /v1/memos
app.register_blueprint(calls.routes)  # /v1/lines/{number}  usage  routing  /v1/objections  /v1/held
app.register_blueprint(contracts.routes)  # /v1/contracts: gates, start, trial
app.register_blueprint(life.routes)  # /v1/contracts: plan, options, names, notice and other ends
app.register_blueprint(roster.routes)  # /v1/contracts/{contract}/people
app.register_blueprint(lines.routes)  # /v1/lines  /v1/contracts/{contract}/lines
app.register_blueprint(money.routes)  # /v1/invoices  /v1/payments
app.register_blueprint(payouts.routes)  # /v1/payouts  /v1/contracts/{contract}/set-off
app.register_blueprint(closes.routes)  # /v1/closes/{month}  /v1/books/{day}
app.register_blueprint(paper.routes)  # /v1/invoices/{number}  statements  /v1/estimates
app.register_blueprint(bank.routes)  # /v1/bank-lists  /v1/proposals  /v1/payouts/file  /v1/exports
app.register_blueprint(plans.routes)  # /v1/plans
app.register_blueprint(admin.routes)  # /v1/keys  /healthz  /openapi.json  /docs

gc.freeze()  # what is loaded stays as long as the process: it is never looked through again
gc.enable()


@app.lambda_function(name="nightly")
def nightly(event: jobs.Event, context: object) -> dict:
    """EventBridge, 00:05 JST."""
    return jobs.nightly(event)


@app.lambda_function(name="settle")
def settle(event: jobs.Event, context: object) -> dict:
    """SQS, filled by nightly."""
    return jobs.settle(event)


@app.lambda_function(name="close")
def close(event: jobs.Event, context: object) -> dict:
    """EventBridge, 00:20 JST: the monthly close, until it is complete."""
    return jobs.close(event)


@app.lambda_function(name="books")
def books(event: jobs.Event, context: object) -> dict:
    """EventBridge, 06:00 JST."""
    return jobs.books(event)


@app.lambda_function(name="recount")
def recount(event: jobs.Event, context: object) -> dict:
    """By hand; a dry run unless the event says otherwise."""
    return jobs.recount(event)


@app.lambda_function(name="redrive")
def redrive(event: jobs.Event, context: object) -> dict:
    """By hand; a dry run unless the event says otherwise."""
    return jobs.redrive(event)


@app.lambda_function(name="papers")
def papers(event: jobs.Event, context: object) -> dict:
    """SQS, filled by sweep and by whoever wants to see a paper."""
    return jobs.papers(event)


@app.lambda_function(name="sweep")
def sweep(event: jobs.Event, context: object) -> dict:
    """EventBridge, every minute."""
    return jobs.sweep(event)


@app.lambda_function(name="mail_events")
def mail_events(event: jobs.Event, context: object) -> dict:
    """SNS, where SES reports what became of a mail."""
    return jobs.mail_events(event)


@app.lambda_function(name="redate")
def redate(event: jobs.Event, context: object) -> dict:
    """By hand; a dry run unless the event says otherwise."""
    return jobs.redate(event)


@app.lambda_function(name="issue_key")
def issue_key(event: jobs.Event, context: object) -> dict:
    """By hand, for a house's first key."""
    return jobs.issue_key(event)
