"""The table of sweeps: what the portal does by itself, and how often. The rules stand in the tasks."""

from celery.schedules import crontab

# Sweeps that write to people do so while offices read, from Lisbon to Kyiv (UTC); a missed hour is made up for.
OFFICE_HOURS = "6-17"
BEAT_SCHEDULE = {
    # Once a day, in the night; it asks more often, so that a missed night is made up for.
    "make the files of the open data": {"task": "alliance.content.tasks.build_downloads", "schedule": 900.0},
    "note what changed in public": {"task": "alliance.content.tasks.note_public_changes", "schedule": 300.0},
    "deliver mail that is due": {"task": "alliance.core.tasks.deliver_mail", "schedule": 20.0},
    "look into the mailbox of the desk": {"task": "alliance.content.tasks.sweep_mailbox", "schedule": 60.0},
    "forget old tickets": {
        "task": "alliance.content.tasks.forget_tickets",
        "schedule": crontab(hour=3, minute=25),
    },
    "order machine translations": {"task": "alliance.core.tasks.translate_texts", "schedule": 60.0},
    "remind of unfinished applications": {"task": "members.tasks.remind_drafts", "schedule": 3600.0},
    "remind of promised decisions": {"task": "members.tasks.remind_of_mandates", "schedule": 3600.0},
    "announce that an unfinished application will be removed": {
        "task": "members.tasks.announce_removals",
        "schedule": 6 * 3600.0,
    },
    "forget drafts that nobody confirmed or finished": {
        "task": "members.tasks.delete_drafts",
        "schedule": 6 * 3600.0,
    },
    "forget accounts that nobody confirmed": {
        "task": "alliance.users.tasks.forget_unconfirmed_accounts",
        "schedule": crontab(hour=3, minute=50),
    },
    "tell of busy coordinators": {"task": "alliance.users.tasks.report_busy_coordinators", "schedule": 120.0},
    "forget ended sessions": {
        "task": "alliance.users.tasks.forget_ended_sessions",
        "schedule": crontab(hour=3, minute=40),
    },
    "forget old mail": {
        "task": "alliance.core.tasks.forget_old_mail",
        "schedule": crontab(hour=3, minute=20),
    },
    "close needs and offers past their last day": {
        "task": "partnerships.tasks.expire_listings",
        "schedule": 900.0,
    },
    "warn of last days and ask whether needs and offers still hold": {
        "task": "partnerships.tasks.look_after_listings",
        "schedule": crontab(hour=OFFICE_HOURS, minute=25),
    },
    "tell of what is new for saved searches": {"task": "partnerships.tasks.send_digests", "schedule": 300.0},
    "make lists of suggested partners": {"task": "partnerships.tasks.refresh_suggestions", "schedule": 120.0},
    "fold the counts of filters": {"task": "partnerships.tasks.fold_facets", "schedule": 60.0},
    "forget needs and offers that were typed and never saved": {
        "task": "partnerships.tasks.forget_unsaved",
        "schedule": crontab(hour=3, minute=30),
    },
    "forget tables of needs and offers that nobody confirmed": {
        "task": "partnerships.tasks.forget_sheets",
        "schedule": 3600.0,
    },
    "forget stopped saved searches and what they told long ago": {
        "task": "partnerships.tasks.forget_saved_searches",
        "schedule": crontab(hour=3, minute=35),
    },
    "close appeals past their last day": {"task": "partnerships.tasks.close_appeals", "schedule": 900.0},
    "compute matching rounds, hand out pairs": {
        "task": "partnerships.tasks.look_after_rounds",
        "schedule": 15.0,
    },
    "look after matches that nobody answers": {
        "task": "partnerships.tasks.look_after_matches",
        "schedule": crontab(hour=OFFICE_HOURS, minute=40),
    },
    "remind of the legal clocks of agreements": {
        "task": "partnerships.tasks.remind_of_clocks",
        "schedule": crontab(hour=OFFICE_HOURS, minute=10),
    },
    "warn that the report on imported goods is due": {
        "task": "partnerships.tasks.warn_of_reports",
        "schedule": crontab(hour=OFFICE_HOURS, minute=55),
    },
    "remind of deliveries past their day": {
        "task": "partnerships.tasks.remind_of_pledges",
        "schedule": crontab(hour=OFFICE_HOURS, minute=10),
    },
    "ask whether twinnings are still right, and see who sleeps": {
        "task": "partnerships.tasks.look_after_twinnings",
        "schedule": crontab(hour=OFFICE_HOURS, minute=50),
    },
    "keep the search of needs and offers fresh": {
        "task": "partnerships.tasks.refresh_search",
        "schedule": 300.0,
    },
    "count the evidence anew": {"task": "alliance.content.tasks.refresh_evidence", "schedule": 600.0},
    "keep the evidence of a quarter that is over": {
        "task": "alliance.content.tasks.keep_evidence",
        "schedule": crontab(hour="*/6", minute=5),
    },
    "read the words of new documents": {"task": "alliance.content.tasks.read_documents", "schedule": 60.0},
    "keep the search of the site fresh": {
        "task": "alliance.content.tasks.refresh_site_search",
        "schedule": 60.0,
    },
    "write the mails of a newsletter that goes out": {
        "task": "alliance.content.tasks.send_newsletter",
        "schedule": 30.0,
    },
    "close surveys that are over, write their mails": {
        "task": "alliance.content.tasks.look_after_surveys",
        "schedule": 60.0,
    },
    "forget what members wrote in surveys that closed long ago": {
        "task": "alliance.content.tasks.forget_survey_words",
        "schedule": crontab(hour=3, minute=55),
    },
    "forget addresses that never confirmed the newsletter, or stopped it": {
        "task": "alliance.content.tasks.forget_unconfirmed_subscriptions",
        "schedule": crontab(hour=3, minute=45),
    },
    "tell the desk of its week": {
        "task": "alliance.content.tasks.tell_desk_of_the_week",
        "schedule": crontab(hour=OFFICE_HOURS, minute=5),
    },
}
