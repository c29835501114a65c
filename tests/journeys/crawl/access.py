"""What everybody gets from each address: the table is written by hand and read by people; `test_access.py` asks.

`login` and `again` are redirects to the login and to the question “is it still you?”. Rows that begin with `desk`
are closed to all but the last two actors: everybody else is led to the login, which refuses whoever is logged in.
"""

from tests.journeys.crawl.world import ACTORS

# Whose private words an actor may read anywhere; at the address of an application also its own.
_KEPT = {"kept for members", "kept for partner", "kept for coordinators"}
_OF_A = {"a", "people of a", "invited", "pledge", "twinning", "a and b", "a and association"} | _KEPT
_APPLICANTS = {"drafted", "pending", "returned"}
# The desk does not read what two members write to each other.
_DESK = {"a", "b", "association", "people of a", "people of b", "invited", "pledge", "twinning"}
_DESK |= {"visitor", "mail"}
_ALL = _DESK | _APPLICANTS | _KEPT
MAY_READ: dict[str, set[str]] = {
    "anonymous": set(),
    "stranger": set(),
    "a_viewer": _OF_A,
    "a_editor": _OF_A,
    "a_signatory": _OF_A | {"association"},
    # Asked A and waits for the answer; A and the association agreed.
    "b_signatory": {"b", "people of b", "pledge", "twinning", "kept for members", "a and b"},
    "association": {
        "association",
        "people of a",
        "kept for members",
        "kept for partner",
        "a and association",
    },
    "desk_one_factor": set(),
    "desk": _ALL,
    "superuser": _ALL,
}

# In the order of `ACTORS`: anonymous, stranger, viewer, editor and signatory of A, B, the association, the desk.
_TABLE = """\
content:home                                 200   200   200   200   200   200   200   200   200   200
content:about                                200   200   200   200   200   200   200   200   200   200
content:joining                              200   200   200   200   200   200   200   200   200   200
content:accessibility                        200   200   200   200   200   200   200   200   200   200
content:privacy                              200   200   200   200   200   200   200   200   200   200
content:contact                              200   200   200   200   200   200   200   200   200   200
content:about_page                           200   200   200   200   200   200   200   200   200   200
content:legal_page                           200   200   200   200   200   200   200   200   200   200
content:news_list                            200   200   200   200   200   200   200   200   200   200
content:news_feed                            200   200   200   200   200   200   200   200   200   200
content:news_detail                          200   200   200   200   200   200   200   200   200   200
content:news_picture                         404   404   404   404   404   404   404   404   404   404
content:share_picture                        302   302   302   302   302   302   302   302   302   302
content:share_picture#2                      404   404   404   404   404   404   404   404   404   404
content:event_list                           200   200   200   200   200   200   200   200   200   200
content:event_feed                           200   200   200   200   200   200   200   200   200   200
content:event_calendar                       200   200   200   200   200   200   200   200   200   200
content:event_detail                         200   200   200   200   200   200   200   200   200   200
content:event_file                           200   200   200   200   200   200   200   200   200   200
content:newsletter                           200   200   200   200   200   200   200   200   200   200
content:newsletter_asked                     200   200   200   200   200   200   200   200   200   200
content:newsletter_issue                     200   200   200   200   200   200   200   200   200   200
content:newsletter_confirm                   200   404   200   200   200   200   200   200   200   200
content:policy                               200   200   200   200   200   200   200   200   200   200
content:policy_issue                         200   200   200   200   200   200   200   200   200   200
content:policy_ours                          login login 200   200   200   200   200   404   404   404
content:policy_raise                         login login 404   200   200   200   200   404   404   404
content:survey_list                          200   200   200   200   200   200   200   200   200   200
content:survey_detail                        200   200   200   200   200   200   200   200   200   200
content:survey_file                          200   200   200   200   200   200   200   200   200   200
content:survey_answer                        200   404   200   200   200   200   200   200   200   200
content:survey_ours                          login login 404   200   200   404   404   404   404   404
content:dashboard                            login login 200   200   200   200   200   200   200   200
content:personal_data                        login login 200   200   200   200   200   200   200   200
content:personal_data_file                   login login again again again again again again again again
content:personal_data_erase                  login login 200   200   200   200   200   200   200   200
content:personal_data_erased                 200   200   200   200   200   200   200   200   200   200
content:site_search                          200   200   200   200   200   200   200   200   200   200
content:document_list                        200   200   200   200   200   200   200   200   200   200
content:document_detail                      200   200   200   200   200   200   200   200   200   200
content:document_file                        200   200   200   200   200   200   200   200   200   200
content:document_version                     200   200   200   200   200   200   200   200   200   200
content:video_list                           200   200   200   200   200   200   200   200   200   200
content:video_detail                         200   200   200   200   200   200   200   200   200   200
content:video_film                           200   200   200   200   200   200   200   200   200   200
content:video_poster                         404   404   404   404   404   404   404   404   404   404
content:video_captions                       200   200   200   200   200   200   200   200   200   200
content:contact_sent                         200   404   200   200   200   200   200   200   200   200
core:machine_text                            204   404   204   204   204   204   204   204   204   204
core:mail_stop                               200   404   200   200   200   200   200   200   200   200
robots                                       200   200   200   200   200   200   200   200   200   200
sitemap                                      200   200   200   200   200   200   200   200   200   200
sitemap_part                                 200   200   200   200   200   200   200   200   200   200
security_txt                                 200   200   200   200   200   200   200   200   200   200
mailbox                                      404   404   404   404   404   404   404   404   404   404
mailbox_mail                                 404   404   404   404   404   404   404   404   404   404
mailbox_html                                 404   404   404   404   404   404   404   404   404   404
api:openapi-json                             200   200   200   200   200   200   200   200   200   200
api:api-root                                 200   200   200   200   200   200   200   200   200   200
api:members                                  200   200   200   200   200   200   200   200   200   200
api:places                                   200   200   200   200   200   200   200   200   200   200
api:needs                                    200   200   200   200   200   200   200   200   200   200
api:offers                                   200   200   200   200   200   200   200   200   200   200
api:appeals                                  200   200   200   200   200   200   200   200   200   200
api:twinnings                                200   200   200   200   200   200   200   200   200   200
api:deliveries                               200   200   200   200   200   200   200   200   200   200
api:documents                                200   200   200   200   200   200   200   200   200   200
api:statistics                               200   200   200   200   200   200   200   200   200   200
api:changes                                  200   200   200   200   200   200   200   200   200   200
api:member                                   200   200   200   200   200   200   200   200   200   200
api:place                                    200   200   200   200   200   200   200   200   200   200
api:need                                     200   200   200   200   200   200   200   200   200   200
api:offer                                    200   200   200   200   200   200   200   200   200   200
api:offer#2                                  404   404   404   404   404   404   404   404   404   404
api:offer#3                                  200   200   200   200   200   200   200   200   200   200
api:appeal                                   200   200   200   200   200   200   200   200   200   200
api:twinning                                 200   200   200   200   200   200   200   200   200   200
api:twinning#2                               404   404   404   404   404   404   404   404   404   404
api:delivery                                 200   200   200   200   200   200   200   200   200   200
api:document                                 200   200   200   200   200   200   200   200   200   200
content:open_data                            200   200   200   200   200   200   200   200   200   200
content:data_dictionary                      200   200   200   200   200   200   200   200   200   200
open_data_catalogue                          200   200   200   200   200   200   200   200   200   200
open_data_file                               404   404   404   404   404   404   404   404   404   404
members:join_start                           200   200   200   200   200   200   200   200   200   200
members:join_resume                          200   200   200   200   200   200   200   200   200   200
members:join_confirm                         200   404   200   200   200   200   200   200   200   200
members:join_status                          200   404   200   200   200   200   200   200   200   200
members:join_send_link                       302   404   302   302   302   302   302   302   302   302
members:join_decision_file                   200   404   200   200   200   200   200   200   200   200
members:join_keep                            204   404   204   204   204   204   204   204   204   204
members:join_step                            200   404   200   200   200   200   200   200   200   200
members:join_step#2                          200   404   200   200   200   200   200   200   200   200
members:join_step#3                          200   404   200   200   200   200   200   200   200   200
members:join_step#4                          200   404   200   200   200   200   200   200   200   200
members:join_step#5                          200   404   200   200   200   200   200   200   200   200
members:join_step#6                          200   404   200   200   200   200   200   200   200   200
members:people_list                          login login 200   200   200   200   200   404   404   404
members:people_invite                        login login 404   404   200   200   200   404   404   404
members:invitation_withdraw                  403   403   404   404   302   404   404   404   404   404
members:representation_end                   login login 404   200   200   404   404   404   404   404
members:switch_member                        login login 404   404   404   404   404   404   404   404
members:invitation                           200   404   200   200   200   200   200   200   200   200
members:member_edit                          login login 404   200   200   200   200   404   404   404
members:contact_edit                         login login 404   200   200   200   200   404   404   404
members:contact_email_confirm                200   404   200   200   200   200   200   200   200   200
members:member_logo                          200   200   200   200   200   200   200   200   200   200
members:bulk_import                          login login 404   404   404   404   200   404   404   404
members:bulk_template                        login login 404   404   404   404   200   404   404   404
members:member_list                          200   200   200   200   200   200   200   200   200   200
members:member_map                           200   200   200   200   200   200   200   200   200   200
members:member_export                        200   200   200   200   200   200   200   200   200   200
members:member_export#2                      200   200   200   200   200   200   200   200   200   200
members:member_export#3                      200   200   200   200   200   200   200   200   200   200
members:member_export#4                      200   200   200   200   200   200   200   200   200   200
members:member_detail                        200   200   200   200   200   200   200   200   200   200
members:place_search                         200   200   200   200   200   200   200   200   200   200
partnerships:need_list                       200   200   200   200   200   200   200   200   200   200
partnerships:offer_list                      200   200   200   200   200   200   200   200   200   200
partnerships:listing_list                    200   200   200   200   200   200   200   200   200   200
partnerships:need_sheet                      200   200   200   200   200   200   200   200   200   200
partnerships:offer_sheet                     200   200   200   200   200   200   200   200   200   200
partnerships:listing_sheet                   200   200   200   200   200   200   200   200   200   200
partnerships:my_listing_sheet                login login 200   200   200   200   200   404   404   404
partnerships:need_feed                       200   200   200   200   200   200   200   200   200   200
partnerships:offer_feed                      200   200   200   200   200   200   200   200   200   200
partnerships:listing_feed                    200   200   200   200   200   200   200   200   200   200
partnerships:sheet_help                      200   200   200   200   200   200   200   200   200   200
partnerships:sheet_import                    login login 404   200   200   200   200   404   404   404
partnerships:sheet_check                     login login 404   200   302   302   302   404   404   404
partnerships:saved_search_list               login login 200   200   200   200   200   200   200   200
partnerships:saved_search_create             login login 200   200   200   200   200   200   200   200
partnerships:saved_search_edit               login login 404   200   404   404   404   404   404   404
partnerships:saved_search_end                403   403   404   302   404   404   404   404   404   404
partnerships:saved_search_stop               200   404   200   200   200   200   200   200   200   200
partnerships:iati_alliance                   200   200   200   200   200   200   200   200   200   200
partnerships:iati_member                     200   200   200   200   200   200   200   200   200   200
partnerships:listing_create                  login login 403   403   403   200   403   404   404   404
partnerships:listing_create#2                login login 403   200   200   200   200   404   404   404
partnerships:listing_hints                   403   403   403   200   200   200   200   404   404   404
partnerships:listing_detail                  200   200   200   200   200   200   200   200   200   200
partnerships:listing_detail#2                404   404   200   200   200   200   200   404   200   200
partnerships:listing_detail#3                404   404   200   200   200   404   404   404   404   404
partnerships:listing_detail#4                200   200   200   200   200   200   200   200   200   200
partnerships:listing_edit                    login login 403   200   200   404   404   404   404   404
partnerships:listing_create_keep             403   403   403   403   403   204   403   404   404   404
partnerships:listing_create_keep#2           403   403   403   204   204   204   204   404   404   404
partnerships:listing_edit_keep               403   403   403   204   204   404   404   404   404   404
partnerships:listing_files                   login login 403   200   200   404   404   404   404   404
partnerships:listing_file                    200   200   200   200   200   200   200   200   200   200
partnerships:listing_photo                   200   200   200   200   200   200   200   200   200   200
partnerships:listing_file#2                     404   404   200   200   200   404   200   404   200   200
partnerships:listing_file_change             403   403   404   404   404   422   404   404   404   404
partnerships:listing_open                    login 404   302   302   302   404   404   404   404   404
partnerships:listing_holds                   200   404   200   200   200   200   200   200   200   200
partnerships:listing_publish                 403   403   403   302   302   404   404   404   404   404
partnerships:listing_withdraw                403   403   403   302   302   404   404   404   404   404
partnerships:listing_renew                   403   403   403   302   302   404   404   404   404   404
partnerships:appeal_list                     200   200   200   200   200   200   200   200   200   200
partnerships:appeal_detail                   200   200   200   200   200   200   200   200   200   200
partnerships:appeal_needs                    200   200   200   200   200   200   200   200   200   200
partnerships:appeal_offers                   200   200   200   200   200   200   200   200   200   200
partnerships:appeal_pledges                  200   200   200   200   200   200   200   200   200   200
partnerships:kept_promises                   200   200   200   200   200   200   200   200   200   200
partnerships:kept_promises_rows              200   200   200   200   200   200   200   200   200   200
content:evidence                             200   200   200   200   200   200   200   200   200   200
content:evidence_file                        200   200   200   200   200   200   200   200   200   200
content:evidence_file#2                      200   200   200   200   200   200   200   200   200   200
content:evidence_file#3                      200   200   200   200   200   200   200   200   200   200
partnerships:kept_promises_file              200   200   200   200   200   200   200   200   200   200
partnerships:kept_promises_file#2            200   200   200   200   200   200   200   200   200   200
partnerships:kept_promises_member            200   200   200   200   200   200   200   200   200   200
partnerships:match_request                   login login 403   200   200   403   200   403   403   403
partnerships:my_listings                     login login 200   200   200   200   200   404   404   404
partnerships:match_list                      login login 200   200   200   200   200   404   404   404
partnerships:match_detail                    login login 200   200   200   200   404   404   404   404
partnerships:match_detail#2                  login login 200   200   200   404   200   404   404   404
partnerships:listing_report                  login login 200   200   200   403   200   404   404   404
partnerships:match_request_member            login login 403   200   200   403   200   403   403   403
partnerships:member_block                    login login 403   200   200   404   200   404   404   404
partnerships:member_unblock                  403   403   403   302   302   404   404   404   404   404
partnerships:block_list                      login login 200   200   200   200   200   404   404   404
partnerships:match_weights                   200   200   200   200   200   200   200   200   200   200
partnerships:suggestion_list                 login login 200   200   200   200   200   404   404   404
partnerships:suggestion_set_aside            login login 403   200   200   404   404   404   404   404
partnerships:suggestion_restore              403   403   403   302   302   404   404   404   404   404
partnerships:partner_wish                    login login 200   200   200   200   200   404   404   404
partnerships:veto_set                        403   403   403   302   302   302   302   404   404   404
partnerships:veto_lift                       403   403   403   302   302   404   404   404   404   404
partnerships:match_open                      login 404   302   302   302   404   404   404   404   404
partnerships:match_accept                    403   403   403   302   302   302   404   404   404   404
partnerships:match_decline                   login login 403   200   200   302   404   404   404   404
partnerships:match_take_back                 403   403   403   302   302   302   404   404   404   404
partnerships:match_end                       login login 403   200   200   404   200   404   404   404
partnerships:help_request                    login login 403   200   200   200   404   404   404   404
partnerships:match_report                    login login 200   200   200   200   404   404   404   404
partnerships:message_report                  login login 200   200   200   404   404   404   404   404
partnerships:meeting_propose                 login login 403   200   200   404   200   404   404   404
partnerships:meeting_agree                   403   403   403   302   302   404   302   404   404   404
partnerships:meeting_decline                 403   403   403   302   302   404   302   404   404   404
partnerships:meeting_cancel                  403   403   403   302   302   404   302   404   404   404
partnerships:meeting_calendar                login login 200   200   200   404   200   404   404   404
partnerships:cluster_list                    login login 200   200   200   200   200   404   404   404
partnerships:cluster_create                  login login 403   200   200   200   403   404   404   404
partnerships:cluster_detail                  login login 200   200   200   200   404   404   404   404
partnerships:cluster_detail#2                login login 200   200   200   404   404   404   404   404
partnerships:cluster_edit                    login login 403   200   200   403   404   404   404   404
partnerships:cluster_invite                  login login 403   200   200   403   404   404   404   404
partnerships:cluster_end                     login login 403   200   200   302   404   404   404   404
partnerships:cluster_hand_over               login login 403   200   200   302   404   404   404   404
partnerships:cluster_leave                   login login 403   302   302   200   404   404   404   404
partnerships:cluster_invite_member           403   403   403   404   404   302   404   404   404   404
partnerships:cluster_withdraw                403   403   403   404   404   302   404   404   404   404
partnerships:cluster_join                    403   403   403   302   302   404   404   404   404   404
partnerships:cluster_decline                 403   403   403   302   302   404   404   404   404   404
partnerships:cluster_open                    login 404   302   302   302   404   404   404   404   404
partnerships:listing_promise                 login login 403   200   200   403   200   404   404   404
partnerships:match_promise                   login login 403   200   200   404   200   404   404   404
partnerships:member_promise                  login login 403   200   200   403   200   404   404   404
partnerships:my_promises                     login login 200   200   200   200   200   404   404   404
partnerships:my_deliveries                   login login 200   200   200   200   200   404   404   404
partnerships:pledge_detail                   200   200   200   200   200   200   200   200   200   200
partnerships:pledge_detail#2                 200   200   200   200   200   200   200   200   200   200
partnerships:pledge_detail#3                 200   200   200   200   200   200   200   200   200   200
partnerships:pledge_receiver                 403   403   404   404   404   302   404   404   404   404
partnerships:pledge_evidence                 login login 403   200   200   200   404   404   404   404
partnerships:pledge_file                     login login 200   200   200   200   404   404   200   200
partnerships:pledge_correct                  login login 403   403   200   404   404   404   404   404
partnerships:pledge_verb                     login login 404   404   404   200   404   404   404   404
partnerships:pledge_verb#2                   login login 403   403   200   404   404   404   404   404
partnerships:pledge_verb#3                   login login 403   200   200   404   404   404   404   404
partnerships:pledge_verb#4                   login login 404   404   404   200   404   404   404   404
partnerships:pledge_verb#5                   login login 403   200   200   404   404   404   404   404
partnerships:pledge_verb#6                   login login 403   403   200   404   404   404   404   404
partnerships:pledge_verb#7                   login login 403   403   200   404   404   404   404   404
partnerships:pledge_verb#8                   login login 403   200   200   404   404   404   404   404
partnerships:transport_detail                login login 200   200   200   200   404   404   200   200
partnerships:transport_detail#2              login login 200   200   200   200   404   404   200   200
partnerships:transport_csv                   login login 200   200   200   200   404   404   200   200
partnerships:transport_change                login login 403   200   200   200   404   404   404   404
partnerships:transport_change#2              login login 403   200   200   200   404   404   404   404
partnerships:transport_report                403   403   403   403   403   422   404   404   404   404
partnerships:pledge_day                      login login 403   403   200   404   404   404   404   404
partnerships:pledge_day_answer               403   403   404   404   404   302   404   404   404   404
partnerships:pledge_link                     403   403   403   302   302   302   404   404   404   404
partnerships:delivery_open                   302   404   302   302   302   302   302   302   302   302
partnerships:delivery_confirm                404   404   404   404   404   404   404   404   404   404
partnerships:twinning_list                   200   200   200   200   200   200   200   200   200   200
partnerships:twinning_map                    200   200   200   200   200   200   200   200   200   200
partnerships:without_partner                 200   200   200   200   200   200   200   200   200   200
partnerships:twinning_export                 200   200   200   200   200   200   200   200   200   200
partnerships:twinning_export#2               200   200   200   200   200   200   200   200   200   200
partnerships:twinning_export#3               200   200   200   200   200   200   200   200   200   200
partnerships:twinning_detail                 200   200   200   200   200   200   200   200   200   200
partnerships:twinning_detail#2               404   404   200   200   200   200   404   404   200   200
partnerships:twinning_detail#3               200   200   200   200   200   200   200   200   200   200
partnerships:my_twinnings                    login login 200   200   200   200   200   404   404   404
partnerships:twinning_create                 login login 403   200   200   404   200   404   404   404
partnerships:twinning_declare                login login 403   200   200   200   200   404   404   404
partnerships:twinning_open                   login 404   302   302   302   404   404   404   404   404
partnerships:twinning_join                   403   403   403   302   302   302   404   404   404   404
partnerships:twinning_decline                login login 403   200   200   409   404   404   404   404
partnerships:twinning_invite                 login login 403   200   200   200   404   404   404   404
partnerships:twinning_uninvite               403   403   403   302   302   302   404   404   404   404
partnerships:twinning_stage                  login login 403   200   200   200   404   404   404   404
partnerships:twinning_consent                403   403   403   403   302   302   404   404   404   404
partnerships:twinning_object                 login login 403   403   200   200   404   404   404   404
partnerships:twinning_step                   login login 403   200   200   200   404   404   404   404
partnerships:twinning_step_withdraw          403   403   403   302   302   302   404   404   404   404
partnerships:twinning_name                   login login 403   200   200   200   404   404   404   404
partnerships:twinning_leave                  login login 403   403   200   200   404   404   404   404
partnerships:twinning_agreement              login login 200   200   200   200   404   404   404   404
partnerships:twinning_draft                  login login 403   200   200   200   404   404   404   404
partnerships:twinning_draft_file             login login 200   200   200   200   404   404   404   404
partnerships:twinning_paper                  login login 200   200   200   200   404   404   404   404
partnerships:twinning_right                  200   404   200   200   200   200   200   200   200   200
partnerships:twinning_hand_over_take         200   404   403   403   403   403   403   403   403   403
partnerships:twinning_alive                  403   403   403   302   302   302   404   404   404   404
partnerships:twinning_milestone_add          login login 403   200   200   200   404   404   404   404
partnerships:twinning_milestone_edit         login login 403   200   200   200   404   404   404   404
partnerships:twinning_milestone_finish       403   403   403   404   404   404   404   404   404   404
partnerships:twinning_milestone_reopen       403   403   403   404   404   404   404   404   404   404
partnerships:twinning_milestone_remove       403   403   403   404   404   404   404   404   404   404
partnerships:twinning_documents              login login 200   200   200   200   404   404   404   404
partnerships:twinning_document               login login 200   200   200   200   404   404   200   200
partnerships:twinning_document_remove        403   403   403   404   404   404   404   404   404   404
partnerships:twinning_news                   200   200   200   200   200   200   200   200   200   200
partnerships:twinning_news_publish           login login 403   200   200   200   404   404   404   404
partnerships:twinning_news_withdraw          403   403   403   404   404   404   404   404   404   404
partnerships:twinning_pledges                200   200   200   200   200   200   200   200   200   200
partnerships:twinning_contacts               login login 403   200   200   200   404   404   404   404
partnerships:twinning_hand_over              login login 403   404   200   200   404   404   404   404
users:after_login                            login login 302   302   302   302   302   302   302   302
users:settings                               login login 200   200   200   200   200   200   200   200
account_login                                200   200   302   302   302   302   302   302   302   302
account_logout                               302   302   200   200   200   200   200   200   200   200
account_inactive                             200   200   200   200   200   200   200   200   200   200
account_signup                               200   200   302   302   302   302   302   302   302   302
account_reauthenticate                       login login 200   200   200   200   200   200   200   200
account_email                                login login 200   200   200   200   200   200   200   200
account_email_verification_sent              200   200   200   200   200   200   200   200   200   200
account_change_password                      login login 200   200   200   200   200   200   200   200
account_set_password                         login login 302   302   302   302   302   302   302   302
account_reset_password                       200   200   200   200   200   200   200   200   200   200
account_confirm_login_code                   302   302   302   302   302   302   302   302   302   302
account_confirm_email                        200   200   200   200   200   200   200   200   200   200
account_reset_password_from_key_done         200   200   200   200   200   200   200   200   200   200
account_reset_password_from_key              200   200   200   200   200   200   200   200   200   200
account_reset_password_done                  200   200   200   200   200   200   200   200   200   200
account_request_login_code                   200   200   302   302   302   302   302   302   302   302
mfa_index                                    login login 200   200   200   200   200   200   200   200
mfa_authenticate                             login login 302   302   302   302   302   302   302   302
mfa_reauthenticate                           login login again again again again again again 200   200
mfa_activate_totp                            login login again again again again again again again again
mfa_deactivate_totp                          login login 404   404   404   404   404   404   again again
mfa_view_recovery_codes                      login login 404   404   404   404   404   404   404   404
mfa_generate_recovery_codes                  login login again again again again again again again again
mfa_download_recovery_codes                  login login 404   404   404   404   404   404   404   404
mfa_list_webauthn                            login login 200   200   200   200   200   200   200   200
mfa_add_webauthn                             login login again again again again again again again again
mfa_reauthenticate_webauthn                  login login again again again again again again again again
mfa_remove_webauthn                          login login again again again again again again again again
mfa_edit_webauthn                            login login again again again again again again again again
mfa_login_webauthn                           login login 302   302   302   302   302   302   302   302
admin:index                                  desk 200 200
admin:queue                                  desk 200 200
admin:queue_hold                             desk 404 404
admin:login                                  login login 403   403   403   403   403   403   302   302
admin:logout                                 302   302   302   302   302   302   302   302   302   302
admin:password_change                        desk 302 302
admin:password_change_done                   desk 200 200
admin:autocomplete                           desk 403 403
admin:jsi18n                                 desk 200 200
admin:view_on_site                           desk 404 404
admin:app_list                               desk 200 200
admin:core_journalentry_changelist           desk 200 200
admin:core_journalentry_add                  desk 403 403
admin:core_journalentry_change               desk 200 200
admin:core_journalentry_history              desk 200 200
admin:core_journalentry_delete               desk 403 403
admin:core_outgoingmail_changelist           desk 200 200
admin:core_outgoingmail_add                  desk 403 403
admin:core_outgoingmail_change               desk 200 200
admin:core_outgoingmail_history              desk 200 200
admin:core_outgoingmail_delete               desk 403 403
admin:core_outgoingmail_verb                 desk 200 200
admin:core_mailstop_changelist               desk 200 200
admin:core_mailstop_add                      desk 403 403
admin:core_mailstop_change                   desk 200 200
admin:core_mailstop_history                  desk 200 200
admin:core_mailstop_delete                   desk 403 403
admin:users_user_changelist                  desk 200 200
admin:users_user_add                         desk 403 403
admin:users_user_change                      desk 200 200
admin:users_user_history                     desk 200 200
admin:users_user_delete                      desk 403 403
admin:users_user_verb                        desk 200 200
admin:members_representative_changelist      desk 200 200
admin:members_representative_add             desk 403 403
admin:members_representative_change          desk 200 200
admin:members_representative_history         desk 200 200
admin:members_representative_delete          desk 403 403
admin:members_invitation_changelist          desk 200 200
admin:members_invitation_add                 desk 403 403
admin:members_invitation_change              desk 200 200
admin:members_invitation_history             desk 200 200
admin:members_invitation_delete              desk 403 403
admin:members_addresschange_changelist       desk 200 200
admin:members_addresschange_add              desk 403 403
admin:members_addresschange_change           desk 200 200
admin:members_addresschange_history          desk 200 200
admin:members_addresschange_delete           desk 403 403
admin:members_addresschange_verb             desk 200 200
admin:members_member_changelist              desk 200 200
admin:members_member_add                     desk 403 403
admin:members_member_change                  desk 200 200
admin:members_member_history                 desk 200 200
admin:members_member_delete                  desk 403 403
admin:members_member_verb                    desk 200 200
admin:members_place_changelist               desk 200 200
admin:members_place_add                      desk 403 403
admin:members_place_change                   desk 200 200
admin:members_place_history                  desk 200 200
admin:members_place_delete                   desk 403 403
admin:members_place_verb                     desk 200 200
admin:members_sector_changelist              desk 200 200
admin:members_sector_add                     desk 403 403
admin:members_sector_change                  desk 200 200
admin:members_sector_history                 desk 200 200
admin:members_sector_delete                  desk 403 403
admin:partnerships_listing_changelist        desk 200 200
admin:partnerships_listing_add               desk 403 403
admin:partnerships_listing_change            desk 200 200
admin:partnerships_listing_history           desk 200 200
admin:partnerships_listing_delete            desk 403 403
admin:partnerships_listing_verb              desk 200 200
admin:partnerships_reviewrule_changelist     desk 200 200
admin:partnerships_reviewrule_add            desk 403 403
admin:partnerships_reviewrule_change         desk 200 200
admin:partnerships_reviewrule_history        desk 200 200
admin:partnerships_reviewrule_delete         desk 403 403
admin:partnerships_match_changelist          desk 200 200
admin:partnerships_match_add                 desk 403 403
admin:partnerships_match_change              desk 200 200
admin:partnerships_match_history             desk 200 200
admin:partnerships_match_delete              desk 403 403
admin:partnerships_match_verb                desk 200 200
admin:partnerships_twinning_changelist       desk 200 200
admin:partnerships_twinning_add              desk 403 403
admin:partnerships_twinning_change           desk 200 200
admin:partnerships_twinning_history          desk 200 200
admin:partnerships_twinning_delete           desk 403 403
admin:partnerships_twinning_verb             desk 200 200
admin:partnerships_twinningparty_changelist  desk 200 200
admin:partnerships_twinningparty_add         desk 403 403
admin:partnerships_twinningparty_change      desk 200 200
admin:partnerships_twinningparty_history     desk 200 200
admin:partnerships_twinningparty_delete      desk 403 403
admin:partnerships_matchweights_changelist   desk 200 200
admin:partnerships_matchweights_add          desk 403 403
admin:partnerships_matchweights_change       desk 200 200
admin:partnerships_matchweights_history      desk 200 200
admin:partnerships_matchweights_delete       desk 403 403
admin:partnerships_cluster_changelist        desk 200 200
admin:partnerships_cluster_add               desk 403 403
admin:partnerships_cluster_change            desk 200 200
admin:partnerships_cluster_history           desk 200 200
admin:partnerships_cluster_delete            desk 403 403
admin:partnerships_matchinground_changelist  desk 200 200
admin:partnerships_matchinground_add         desk 200 200
admin:partnerships_matchinground_change      desk 200 200
admin:partnerships_matchinground_history     desk 200 200
admin:partnerships_matchinground_delete      desk 403 403
admin:partnerships_matchinground_verb        desk 200 200
admin:partnerships_roundproposal_changelist  desk 200 200
admin:partnerships_roundproposal_add         desk 403 403
admin:partnerships_roundproposal_change      desk 200 200
admin:partnerships_roundproposal_history     desk 200 200
admin:partnerships_roundproposal_delete      desk 403 403
admin:partnerships_roundparticipant_changelist desk 200 200
admin:partnerships_roundparticipant_add      desk 403 403
admin:partnerships_roundparticipant_change   desk 200 200
admin:partnerships_roundparticipant_history  desk 200 200
admin:partnerships_roundparticipant_delete   desk 403 403
admin:partnerships_helprequest_changelist    desk 200 200
admin:partnerships_helprequest_add           desk 403 403
admin:partnerships_helprequest_change        desk 200 200
admin:partnerships_helprequest_history       desk 200 200
admin:partnerships_helprequest_delete        desk 403 403
admin:partnerships_helprequest_verb          desk 200 200
admin:partnerships_report_changelist         desk 200 200
admin:partnerships_report_add                desk 403 403
admin:partnerships_report_change             desk 200 200
admin:partnerships_report_history            desk 200 200
admin:partnerships_report_delete             desk 403 403
admin:partnerships_report_verb               desk 200 200
admin:partnerships_agreementtemplate_changelist desk 200 200
admin:partnerships_agreementtemplate_add     desk 403 403
admin:partnerships_agreementtemplate_change  desk 200 200
admin:partnerships_agreementtemplate_history desk 200 200
admin:partnerships_agreementtemplate_delete  desk 403 403
admin:partnerships_agreementwording_changelist desk 200 200
admin:partnerships_agreementwording_add      desk 403 403
admin:partnerships_agreementwording_change   desk 200 200
admin:partnerships_agreementwording_history  desk 200 200
admin:partnerships_agreementwording_delete   desk 403 403
admin:partnerships_appeal_changelist         desk 200 200
admin:partnerships_appeal_add                desk 200 200
admin:partnerships_appeal_change             desk 200 200
admin:partnerships_appeal_history            desk 200 200
admin:partnerships_appeal_delete             desk 403 403
admin:partnerships_appeal_verb               desk 200 200
admin:partnerships_pledge_changelist         desk 200 200
admin:partnerships_pledge_add                desk 403 403
admin:partnerships_pledge_change             desk 200 200
admin:partnerships_pledge_history            desk 200 200
admin:partnerships_pledge_delete             desk 403 403
admin:partnerships_pledgeline_changelist     desk 200 200
admin:partnerships_pledgeline_add            desk 403 403
admin:partnerships_pledgeline_change         desk 200 200
admin:partnerships_pledgeline_history        desk 200 200
admin:partnerships_pledgeline_delete         desk 403 403
admin:partnerships_pledgeline_verb           desk 200 200
admin:content_policyissue_changelist         desk 200 200
admin:content_policyissue_add                desk 403 403
admin:content_policyissue_change             desk 200 200
admin:content_policyissue_history            desk 200 200
admin:content_policyissue_delete             desk 403 403
admin:content_policyissue_verb               desk 200 200
admin:content_evidencereport_changelist      desk 200 200
admin:content_evidencereport_add             desk 403 403
admin:content_evidencereport_change          desk 200 200
admin:content_evidencereport_history         desk 200 200
admin:content_evidencereport_delete          desk 403 403
admin:content_survey_changelist              desk 200 200
admin:content_survey_add                     desk 200 200
admin:content_survey_change                  desk 200 200
admin:content_survey_history                 desk 200 200
admin:content_survey_delete                  desk 403 403
admin:content_survey_verb                    desk 200 200
admin:content_ticket_changelist              desk 200 200
admin:content_ticket_add                     desk 403 403
admin:content_ticket_change                  desk 200 200
admin:content_ticket_history                 desk 200 200
admin:content_ticket_delete                  desk 403 403
admin:content_ticket_verb                    desk 200 200
admin:content_page_changelist                desk 200 200
admin:content_page_add                       desk 200 200
admin:content_page_change                    desk 200 200
admin:content_page_history                   desk 200 200
admin:content_page_delete                    desk 403 403
admin:content_page_verb                      desk 200 200
admin:content_translationgap_changelist      desk 200 200
admin:content_translationgap_add             desk 403 403
admin:content_translationgap_change          desk 200 200
admin:content_translationgap_history         desk 200 200
admin:content_translationgap_delete          desk 403 403
admin:content_document_changelist            desk 200 200
admin:content_document_add                   desk 200 200
admin:content_document_change                desk 200 200
admin:content_document_history               desk 200 200
admin:content_document_delete                desk 403 403
admin:content_document_verb                  desk 200 200
admin:content_video_changelist               desk 200 200
admin:content_video_add                      desk 200 200
admin:content_video_change                   desk 200 200
admin:content_video_history                  desk 200 200
admin:content_video_delete                   desk 403 403
admin:content_video_verb                     desk 200 200
admin:content_inboundmail_changelist         desk 200 200
admin:content_inboundmail_add                desk 403 403
admin:content_inboundmail_change             desk 200 200
admin:content_inboundmail_history            desk 200 200
admin:content_inboundmail_delete             desk 403 403
admin:content_inboundmail_verb               desk 200 200
admin:content_cannedanswer_changelist        desk 200 200
admin:content_cannedanswer_add               desk 200 200
admin:content_cannedanswer_change            desk 200 200
admin:content_cannedanswer_history           desk 200 200
admin:content_cannedanswer_delete            desk 403 403
admin:content_spamrule_changelist            desk 200 200
admin:content_spamrule_add                   desk 200 200
admin:content_spamrule_change                desk 200 200
admin:content_spamrule_history               desk 200 200
admin:content_spamrule_delete                desk 403 403
admin:content_newsitem_changelist            desk 200 200
admin:content_newsitem_add                   desk 200 200
admin:content_newsitem_change                desk 200 200
admin:content_newsitem_history               desk 200 200
admin:content_newsitem_delete                desk 403 403
admin:content_newsitem_verb                  desk 200 200
admin:content_event_changelist               desk 200 200
admin:content_event_add                      desk 200 200
admin:content_event_change                   desk 200 200
admin:content_event_history                  desk 200 200
admin:content_event_delete                   desk 403 403
admin:content_event_verb                     desk 200 200
admin:content_newsletterissue_changelist     desk 200 200
admin:content_newsletterissue_add            desk 200 200
admin:content_newsletterissue_change         desk 200 200
admin:content_newsletterissue_history        desk 200 200
admin:content_newsletterissue_delete         desk 403 403
admin:content_subscription_changelist        desk 200 200
admin:content_subscription_add               desk 403 403
admin:content_subscription_change            desk 200 200
admin:content_subscription_history           desk 200 200
admin:content_subscription_delete            desk 403 403
admin:auth_group_changelist                  desk 403 200
admin:auth_group_add                         desk 403 200
admin:auth_group_change                      desk 403 200
admin:auth_group_history                     desk 403 200
admin:auth_group_delete                      desk 403 200
admin:content_newsletterissue_verb           desk 302 302
admin:content_newsitem_versions              desk 200 200
admin:content_newsitem_preview               desk 200 200
admin:content_event_versions                 desk 200 200
admin:content_event_preview                  desk 200 200
admin:partnerships_twinning_import           desk 200 200
admin:members_member_profiles                desk 200 200
admin:partnerships_listing_sheets            desk 200 200
admin:partnerships_listing_sheet_check       desk 200 302
admin:content_evidencereport_now             desk 200 200
admin:content_page_versions                  desk 200 200
admin:content_page_preview                   desk 200 200
admin:content_survey_answers                 desk 200 200
admin:content_survey_answers_file            desk again again
admin:content_survey_preview                 desk 200 200
admin:content_survey_summary                 desk 200 200
admin:partnerships_listing_sheet             desk again again
admin:members_member_mandate                 desk 200 200
admin:content_ticket_file                    desk 200 200
admin:content_inboundmail_raw                desk 200 200
admin:core_outgoingmail_change#2             desk 200 200
admin:core_outgoingmail_preview              desk 200 200
admin:core_outgoingmail_preview#2            desk 404 404
"""
CLOSED_BELOW = ["login"] * (len(ACTORS) - 2)
EXPECTED: dict[str, list[str]] = {}
for _line in _TABLE.splitlines():
    _route, *_codes = _line.split()
    EXPECTED[_route] = [*CLOSED_BELOW, *_codes[1:]] if _codes[0] == "desk" else _codes
