-- What each half of the site may do in the database. `manage.py database_roles` runs this file as the owner of the tables, after each
-- `manage.py migrate`; running it again changes nothing. docs/decisions/0062 says why it is made so.
--
--   owner             owns the tables, migrates, runs this file. No server uses this account.
--   recovery_staff    the staff's server, the worker and housekeeping: reads and writes all rows, adds to the records of who did what
--                     and never changes them.
--   recovery_public   the visitors' server: only what is named in "Visitors" below. A new table is closed to it until it is named there.
--
-- A visitor's rows open with what the visitor brings: the hash of a receipt's look-up value, of a form, of an open mailbox or of a link.
-- Each is 32 bytes that nobody can guess. The site puts them into the setting recovery.tokens (recovery_site/database/tokens.py), and
-- the policies below compare. Whoever has this account and no such value sees no inquiry.

-- --- The two accounts, and a clean start ---
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT unnest(ARRAY['recovery_public', 'recovery_staff']) AS role LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN', one.role);
        EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
            NULL; -- it is there, or the administrator makes it: docs/operations.md
        END;
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', one.role);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', one.role);
    END LOOP;
    -- Revoking from a table leaves the rights on single columns.
    FOR one IN SELECT DISTINCT table_name, column_name, privilege_type FROM information_schema.column_privileges
        WHERE table_schema = 'public' AND grantee = 'recovery_public' LOOP
        EXECUTE format('REVOKE %s (%I) ON public.%I FROM recovery_public', one.privilege_type, one.column_name, one.table_name);
    END LOOP;
    FOR one IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND policyname LIKE 'recovery\_%' LOOP
        EXECUTE format('DROP POLICY %I ON public.%I', one.policyname, one.tablename);
    END LOOP;
    -- Nobody else may make tables of their own, neither lasting nor temporary ones.
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DROP SCHEMA IF EXISTS visitors CASCADE;
-- Not named like an account: a schema of that name would be the first in its search path.
CREATE SCHEMA visitors;
GRANT USAGE ON SCHEMA visitors TO recovery_public;

-- --- Staff ---
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO recovery_staff;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO recovery_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO recovery_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO recovery_staff;
REVOKE UPDATE, DELETE ON articles_guideevent, intake_event, intake_exportrecord, intake_link, intake_signedhead FROM recovery_staff;
REVOKE INSERT, UPDATE, DELETE ON django_migrations, schema_batchposition, schema_release FROM recovery_staff;

-- --- What a visitor brought, and the inquiries that it opens ---
-- Functions run as the owner, with a search path that nobody can put a table into.
-- These two are asked with nearly every statement of a visitor: in PL/pgSQL, because a connection keeps its plans.
CREATE FUNCTION visitors.tokens() RETURNS bytea[] STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT decode(token, 'hex') FROM unnest(string_to_array(current_setting('recovery.tokens', true), ',')) AS token
        WHERE token ~ '^[0-9a-f]{64}$'
    );
END $$;

CREATE FUNCTION visitors.inquiries() RETURNS uuid[] STABLE SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tokens CONSTANT bytea[] := visitors.tokens();
BEGIN
    RETURN ARRAY(
        SELECT inquiry_id FROM public.intake_receipt WHERE lookup = ANY (tokens)
        UNION SELECT inquiry_id FROM public.intake_mailboxsession WHERE token_hash = ANY (tokens)
        UNION SELECT id FROM public.intake_inquiry WHERE submission = ANY (tokens)
        UNION SELECT alarm.inquiry_id FROM public.intake_alarmlink AS link JOIN public.intake_alarm AS alarm ON alarm.id = link.alarm_id
            WHERE link.token_hash = ANY (tokens)
        UNION SELECT referral.inquiry_id FROM public.intake_referrallink AS link
            JOIN public.intake_referral AS referral ON referral.id = link.referral_id WHERE link.token_hash = ANY (tokens)
    );
END $$;

CREATE FUNCTION visitors.drafts_of_guides() RETURNS bigint[] STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY(SELECT guide_id FROM public.articles_sharelink WHERE decode(token_digest, 'hex') = ANY (visitors.tokens()))
$$;

-- --- What a visitor's page needs to know of the staff: an answer, and no row ---
CREATE FUNCTION visitors.clock(moment timestamptz, zone text, otherwise text) RETURNS time
STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (moment AT TIME ZONE zone)::time;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN (moment AT TIME ZONE otherwise)::time;
END $$;

-- The centres at which somebody who could open a case can be told of danger (intake.notifications.recipients.staffed_centres).
CREATE FUNCTION visitors.staffed_centres(texts boolean) RETURNS SETOF bigint
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT membership.centre_id
    FROM public.intake_membership AS membership
    JOIN public.accounts_user AS person ON person.id = membership.user_id
    JOIN public.intake_centre AS centre ON centre.id = membership.centre_id
    WHERE person.is_active AND person.is_staff AND (
        centre.notify_address <> ''
        OR ((membership.notify OR membership.role = 'lead') AND (person.email <> '' OR (texts AND person.phone <> '')))
    )
$$;

-- Whether anybody would hear of danger at a centre at a moment (intake.notifications.recipients.reaches_somebody).
CREATE FUNCTION visitors.reaches_somebody(at_centre bigint, moment timestamptz, texts boolean) RETURNS boolean
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH reachable AS (SELECT * FROM public.accounts_user WHERE is_active AND (email <> '' OR (texts AND phone <> '')))
    SELECT EXISTS (SELECT 1 FROM public.intake_centre WHERE id = at_centre AND notify_address <> '')
    OR EXISTS (SELECT 1 FROM reachable WHERE is_superuser AND is_staff)
    OR EXISTS (
        SELECT 1 FROM public.intake_webhookendpoint
        WHERE (centre_id IS NULL OR centre_id = at_centre) AND is_active AND sealed_secret <> ''::bytea
    )
    OR EXISTS (
        SELECT 1 FROM public.intake_oncallshift AS shift JOIN reachable ON reachable.id = shift.user_id
        WHERE (shift.centre_id IS NULL OR shift.centre_id = at_centre) AND shift.starts_at <= moment AND shift.ends_at > moment
    )
    OR EXISTS (
        SELECT 1 FROM public.intake_membership AS membership
        JOIN reachable ON reachable.id = membership.user_id
        JOIN public.intake_centre AS centre ON centre.id = membership.centre_id
        CROSS JOIN LATERAL (
            SELECT visitors.clock(moment, coalesce(nullif(reachable.time_zone, ''), centre.time_zone), centre.time_zone) AS clock
        ) AS local
        WHERE membership.centre_id = at_centre AND reachable.is_staff AND (
            membership.role = 'lead'
            OR (membership.notify AND NOT coalesce(CASE
                WHEN quiet_from < quiet_until THEN local.clock >= quiet_from AND local.clock < quiet_until
                WHEN quiet_from > quiet_until THEN local.clock >= quiet_from OR local.clock < quiet_until
            END, false))
        )
    )
$$;

-- Whether a rule's centre has as many open cases as the rule allows (intake.assessment.routing).
CREATE FUNCTION visitors.is_full(rule bigint) RETURNS boolean
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((
        SELECT max_open_cases <= (
            SELECT count(*) FROM (
                SELECT 1 FROM public.intake_inquiry AS inquiry
                WHERE inquiry.centre_id = routing.centre_id AND inquiry.queue_rank < 9 LIMIT routing.max_open_cases
            ) AS open
        ) FROM public.intake_routingrule AS routing WHERE routing.id = rule
    ), false)
$$;

-- Whether the person that a rule names works at its centre now.
CREATE FUNCTION visitors.person_is_there(rule bigint) RETURNS boolean
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.intake_routingrule AS routing
        JOIN public.accounts_user AS person ON person.id = routing.person_id AND person.is_active AND person.is_staff
        JOIN public.intake_membership AS membership ON membership.user_id = person.id AND membership.centre_id = routing.centre_id
        WHERE routing.id = rule
    )
$$;

-- Whether the person whom an alarm's link was sent to may still use it.
CREATE FUNCTION visitors.alarm_link_counts() RETURNS boolean
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.intake_alarmlink AS link
        JOIN public.accounts_user AS person ON person.id = link.user_id AND person.is_active AND person.is_staff
        JOIN public.intake_alarm AS alarm ON alarm.id = link.alarm_id
        WHERE link.token_hash = ANY (visitors.tokens()) AND NOT EXISTS (
            SELECT 1 FROM public.intake_recusal AS recusal
            WHERE recusal.inquiry_id = alarm.inquiry_id AND recusal.user_id = link.user_id
        )
    )
$$;

-- The names of those who did something with the visitor's own inquiry, for "who has read this".
CREATE FUNCTION visitors.names() RETURNS TABLE (id bigint, name text)
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT person.id, person.display_name::text FROM public.intake_event AS event
    JOIN public.accounts_user AS person ON person.id = event.actor_id
    WHERE event.inquiry_id = ANY (visitors.inquiries())
$$;

-- Whether a legal hold covers the visitor's own inquiry, so that withdrawing it keeps its content (intake.retention.holds.held).
CREATE FUNCTION visitors.is_held(case_id uuid) RETURNS boolean
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.intake_inquiry AS inquiry, public.intake_legalhold AS hold
        WHERE inquiry.id = case_id AND inquiry.id = ANY (visitors.inquiries()) AND hold.lifted_at IS NULL AND (
            hold.inquiry_id IN (inquiry.id, inquiry.merged_into_id)
            OR (
                hold.inquiry_id IS NULL AND hold.since <= inquiry.received_at AND hold.until >= inquiry.received_at AND (
                    hold.centre_id = inquiry.centre_id
                    OR EXISTS (
                        SELECT 1 FROM public.intake_event AS event WHERE event.inquiry_id = inquiry.id AND event.centre_id = hold.centre_id
                    )
                )
            )
        )
    )
$$;

-- The newest link of a centre's chain, which a visitor can keep on paper (intake.audit.chain.newest_link).
CREATE FUNCTION visitors.newest_link(of_chain bigint) RETURNS TABLE (number bigint, digest bytea)
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT link.number, link.digest FROM public.intake_link AS link WHERE link.chain = of_chain ORDER BY link.number DESC LIMIT 1
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA visitors FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA visitors TO recovery_public;

-- --- Visitors: what everybody may read ---
GRANT SELECT ON
    articles_address, articles_edition, articles_oldaddress, articles_picture, articles_picturefile, articles_searchdocument, articles_searchword,
    articles_supplyalert, articles_synonym, articles_term, django_content_type, django_migrations, modelsearch_indexentry, schema_release,
    intake_availability, intake_centre, intake_centrekey, intake_centretranslation, intake_holiday, intake_openinghours,
    intake_heartbeat, intake_routingrule, intake_secretfingerprint, intake_team
TO recovery_public;
-- Counts, which say nothing of anybody.
GRANT SELECT, INSERT, UPDATE (yes, no) ON articles_helpfulcount TO recovery_public;
GRANT SELECT, INSERT, UPDATE (count) ON intake_ratebucket TO recovery_public;

-- A guide that was ever published, or the draft that the visitor's link was made for.
GRANT SELECT ON articles_guide, articles_guide_related, articles_source, articles_timelinephase, articles_sharelink TO recovery_public;
ALTER TABLE articles_guide ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_visitor ON articles_guide TO recovery_public USING (
    live_edition_id IS NOT NULL OR id = ANY ((SELECT visitors.drafts_of_guides())::bigint[])
    OR EXISTS (SELECT 1 FROM articles_address WHERE articles_address.guide_id = articles_guide.id)
);
ALTER TABLE articles_sharelink ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_visitor ON articles_sharelink TO recovery_public
    USING (decode(token_digest, 'hex') = ANY ((SELECT visitors.tokens())::bytea[]));

-- --- Visitors: their own inquiry ---
-- The policies say which rows, the grants what may be done with them.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'intake_alarm', 'intake_consent', 'intake_consentrequest', 'intake_contactattempt', 'intake_contactdigest', 'intake_disclosure',
        'intake_disclosureconsent', 'intake_internalnote', 'intake_keywrap', 'intake_mailboxsession', 'intake_message', 'intake_prescreen',
        'intake_receipt', 'intake_referral', 'intake_staffdraft', 'intake_waitinglistentry', 'intake_withheldcase'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY recovery_visitor ON %I TO recovery_public USING (inquiry_id = ANY ((SELECT visitors.inquiries())::uuid[]))', name
        );
    END LOOP;
    FOREACH name IN ARRAY ARRAY['intake_referrallink', 'intake_referralstep'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY recovery_visitor ON %I TO recovery_public USING (referral_id IN (SELECT id FROM intake_referral))', name
        );
    END LOOP;
END $$;

GRANT SELECT, INSERT ON intake_inquiry TO recovery_public;
GRANT UPDATE (
    answer_by, closed_at, contact_way, country, danger_outcome, danger_resolved_at, digested, erased_at, follow_up_reason, for_whom,
    guide_slug, has_unread_message, held_for, may_leave_voicemail, may_say_who_we_are, needs_interpreter, next_action_at, no_longer_safe,
    others_may_answer, outcome, priority, priority_reasons, region, safe_windows, sealed, state, submission, tell_by_text, tell_of_answer,
    time_zone, version
) ON intake_inquiry TO recovery_public;
ALTER TABLE intake_inquiry ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_visitor ON intake_inquiry FOR SELECT TO recovery_public USING (
    id = ANY ((SELECT visitors.inquiries())::uuid[]) OR submission = ANY ((SELECT visitors.tokens())::bytea[])
);
CREATE POLICY recovery_visitor_changes ON intake_inquiry FOR UPDATE TO recovery_public
    USING (id = ANY ((SELECT visitors.inquiries())::uuid[])) WITH CHECK (true);
-- A new one, as it arrives with a form: no answer, no drill, joined to no other.
CREATE POLICY recovery_visitor_sends ON intake_inquiry FOR INSERT TO recovery_public WITH CHECK (
    submission = ANY ((SELECT visitors.tokens())::bytea[]) AND merged_into_id IS NULL AND first_response_at IS NULL
    AND first_contact_at IS NULL AND erased_at IS NULL AND NOT is_drill
);

-- Of the wraps of a key, of notes and of other things of the staff a visitor can do one thing: have them destroyed with the inquiry.
GRANT SELECT (id, inquiry_id), INSERT, DELETE ON intake_keywrap TO recovery_public;
GRANT SELECT (inquiry_id), DELETE ON
    intake_contactdigest, intake_internalnote, intake_prescreen, intake_staffdraft, intake_waitinglistentry
TO recovery_public;
GRANT SELECT (inquiry_id), UPDATE (sealed) ON intake_contactattempt TO recovery_public;

GRANT INSERT ON intake_withheldcase TO recovery_public;
GRANT SELECT, INSERT, DELETE, UPDATE (lookup, wrapped, must_renew, written_down) ON intake_receipt TO recovery_public;
GRANT SELECT, INSERT, DELETE, UPDATE (expires_at) ON intake_mailboxsession TO recovery_public;
GRANT SELECT, INSERT, DELETE, UPDATE (read_at) ON intake_message TO recovery_public;
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON intake_consent TO recovery_public;
GRANT SELECT, DELETE, UPDATE (answered_at, consent_id) ON intake_consentrequest TO recovery_public;
GRANT SELECT, INSERT, UPDATE (expires_at, leaves_out, revoked_at, sealed) ON intake_disclosureconsent TO recovery_public;
GRANT SELECT, UPDATE (sealed) ON intake_disclosure TO recovery_public;
GRANT SELECT, UPDATE (state, answered_at) ON intake_referral TO recovery_public;
GRANT SELECT, INSERT, UPDATE (sealed, link_id) ON intake_referralstep TO recovery_public;
GRANT SELECT, DELETE, UPDATE (used_at, expires_at) ON intake_referrallink TO recovery_public;
-- The staff's worker rings; the visitors' server opens an alarm, counts in it, and ends it by a link.
GRANT SELECT, INSERT, UPDATE (cries, acknowledged_by_id, acknowledged_at, via) ON intake_alarm TO recovery_public;

GRANT SELECT ON intake_alarmlink TO recovery_public;
ALTER TABLE intake_alarmlink ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_visitor ON intake_alarmlink TO recovery_public USING (token_hash = ANY ((SELECT visitors.tokens())::bytea[]));

-- What was typed one question at a time.
GRANT SELECT, INSERT, UPDATE (sealed, expires_at), DELETE ON intake_draft TO recovery_public;
ALTER TABLE intake_draft ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_visitor ON intake_draft TO recovery_public USING (token_hash = ANY ((SELECT visitors.tokens())::bytea[]));

-- Notifications to everyone concerned, whom the staff's side works out. What waits is taken back when an inquiry is withdrawn.
GRANT SELECT (id, inquiry_id, kind, state), INSERT, DELETE, UPDATE (next_attempt_at) ON intake_notification TO recovery_public;
ALTER TABLE intake_notification ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_visitor ON intake_notification TO recovery_public USING (
    inquiry_id = ANY ((SELECT visitors.inquiries())::uuid[])
) WITH CHECK (inquiry_id = ANY ((SELECT visitors.inquiries())::uuid[]) AND recipient_id IS NULL AND endpoint_id IS NULL);

-- The record of who did what: of their own inquiry they read it and add what visitors do. Nobody can be named as having done it but
-- whoever has the alarm.
GRANT SELECT, INSERT ON intake_event TO recovery_public;
ALTER TABLE intake_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY recovery_visitor ON intake_event TO recovery_public USING (
    inquiry_id = ANY ((SELECT visitors.inquiries())::uuid[])
) WITH CHECK (
    inquiry_id = ANY ((SELECT visitors.inquiries())::uuid[]) AND (actor_id IS NULL OR kind = 'acknowledged') AND kind IN (
        'acknowledged', 'consent_declined', 'consent_narrowed', 'consent_recorded', 'consent_revoked', 'contact_changed', 'danger_again',
        'downloaded', 'erased', 'less_urgent', 'mailbox_opened', 'more_urgent', 'queued', 'receipt_renewed', 'received', 'referral_answered',
        'reopened', 'unsafe', 'visitor_wrote', 'withdrawn'
    )
);

-- --- Nothing for visitors ---
-- account_emailaddress, account_emailconfirmation, accounts_session, accounts_signintries, accounts_user, accounts_user_groups,
-- accounts_user_user_permissions, articles_comment, articles_factanswer, articles_guideevent, articles_justification, articles_linkcheck,
-- articles_presence, articles_reminder, articles_term_writers, articles_unsavedtext, auth_group, auth_group_permissions, auth_permission,
-- compliance_incident, compliance_incident_centres, compliance_vendor, danger_proposedsentence, django_admin_log,
-- django_session, intake_announcement, intake_blockedcontact, intake_erasinground, intake_exportrecord, intake_legalhold,
-- intake_legalhold_readers, intake_link, intake_membership, intake_membershipproposal, intake_oncallshift, intake_presence,
-- intake_readingnotice, intake_recusal, intake_replytemplate, intake_retentionrule, intake_shiftnote,
-- intake_signedhead, intake_team_members, intake_watch, intake_webhookendpoint, mfa_authenticator, schema_batchposition

-- --- Staff: all rows of the tables with policies ---
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity LOOP
        EXECUTE format('CREATE POLICY recovery_staff ON %I TO recovery_staff USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;
