"""Tests of the decisions of the scripts, without calls to AWS: every limit at the limit, one beyond, and empty."""

import datetime
import pathlib
import sys
import unittest
import unittest.mock

SCRIPTS = pathlib.Path(__file__).parents[2] / "ssm-documents" / "scripts"
sys.path.insert(0, str(SCRIPTS))
sys.dont_write_bytecode = True

import assess_encryption  # noqa: E402
import assess_restore  # noqa: E402
import calls  # noqa: E402
import change_key  # noqa: E402
import keys  # noqa: E402
import outcome  # noqa: E402
import set_trail_key  # noqa: E402
import trails  # noqa: E402
import verify_delivery  # noqa: E402

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TRAIL = trails.Trail("arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit", ARN)


def metadata(**overrides):
    return {"Arn": ARN, "KeyState": "Enabled", "KeyManager": "CUSTOMER", **overrides}


def key(state="Enabled", problem="", is_known=True):
    return keys.Key(ARN, state, problem, is_known)


class Shown(unittest.TestCase):
    def test_nothing_is_none(self):
        self.assertEqual([calls.shown(text) for text in ("", None, "  \n ")], ["none"] * 3)

    def test_a_text_of_512_characters_is_unchanged(self):
        self.assertEqual(calls.shown("x" * 512), "x" * 512)

    def test_a_longer_text_is_truncated_to_512_characters(self):
        self.assertEqual(calls.shown("x" * 513), "x" * 509 + "...")

    def test_line_breaks_become_spaces(self):
        self.assertEqual(calls.shown(" a\n  b\tc "), "a b c")


class ProblemWithAKey(unittest.TestCase):
    def test_a_usable_key_has_none(self):
        for state in ("Enabled", "Updating"):
            self.assertEqual(keys.problem_with(metadata(KeyState=state)), "")

    def test_every_other_state_is_one_including_unknown_states(self):
        for state in ("Creating", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable", "Melted"):
            self.assertEqual(keys.problem_with(metadata(KeyState=state)), f"its KeyState is {state}")

    def test_contains_the_deletion_date(self):
        date = datetime.datetime(2026, 12, 24, tzinfo=datetime.timezone.utc)
        problem = keys.problem_with(metadata(KeyState="PendingDeletion", DeletionDate=date))
        self.assertEqual(problem, "its KeyState is PendingDeletion, with deletion date 2026-12-24")

    def test_the_key_spec_is_read_from_its_new_and_its_old_field(self):
        for name in ("KeySpec", "CustomerMasterKeySpec"):
            self.assertIn("RSA_2048", keys.problem_with(metadata(**{name: "RSA_2048"})))
        self.assertIn("GENERATE_VERIFY_MAC", keys.problem_with(metadata(KeyUsage="GENERATE_VERIFY_MAC")))

    def test_an_aws_managed_key_is_one(self):
        self.assertEqual(keys.problem_with(metadata(KeyManager="AWS")), "its KeyManager is AWS, not CUSTOMER")


class RegionOfAKey(unittest.TestCase):
    def test_it_is_that_of_the_arn_or_else_that_of_the_automation(self):
        named = ("arn:aws-cn:kms:cn-north-1:111122223333:alias/x", "alias/x", "1234abcd", "mrk-1")
        self.assertEqual([keys.region_of(name, "eu-west-1") for name in named], ["cn-north-1"] + ["eu-west-1"] * 3)


class HomeOfATrail(unittest.TestCase):
    def test_another_region_is_refused(self):
        trails.check_region(TRAIL.arn, "eu-west-1")
        with self.assertRaisesRegex(calls.Refusal, "is eu-west-1, and the trail can be changed only there"):
            trails.check_region(TRAIL.arn, "us-east-1")

    def test_another_account_is_refused_except_for_an_organization_trail(self):
        trails.check_owner({"TrailARN": TRAIL.arn}, "111122223333")
        trails.check_owner({"TrailARN": TRAIL.arn, "IsOrganizationTrail": True}, "999988887777")
        with self.assertRaisesRegex(calls.Refusal, "belongs to account 111122223333"):
            trails.check_owner({"TrailARN": TRAIL.arn, "IsOrganizationTrail": False}, "999988887777")


class DeliveryErrors(unittest.TestCase):
    def test_only_access_and_kms_errors_concern_the_key(self):
        for error in ("AccessDenied", "KMS.DisabledException", "kms:something"):
            self.assertTrue(trails.concerns_key(error), error)
        for error in ("", "NoSuchBucket", "AccessDenied because of the bucket", "SlowDown"):
            self.assertFalse(trails.concerns_key(error), error)

    def test_a_temporary_error_leads_to_no_advice_about_policies(self):
        self.assertIn("bucket policy", trails.advice_for("AccessDenied"))
        self.assertIn("state and the policy of the key", trails.advice_for("KMS.DisabledException"))
        self.assertIn("S3 bucket", trails.advice_for("NoSuchBucket"))
        for error in trails.TRANSIENT_ERRORS:
            self.assertNotIn("polic", trails.advice_for(error), error)


class Replacement(unittest.TestCase):
    def test_only_a_key_that_is_known_not_to_work_is_not_restored(self):
        plan = assess_encryption.roll_back_plan
        unreadable = key(problem="x", is_known=False)
        for error in ("", "SlowDown", "NoSuchBucket"):
            self.assertEqual(plan(None, error), "RemoveKey")
            self.assertEqual(plan(key(), error), "RestorePreviousKey")
            self.assertEqual(plan(unreadable, error), "RestorePreviousKey")
            self.assertEqual(plan(key(problem="x"), error), "none")
        for present in (None, key(), unreadable):
            self.assertEqual(plan(present, "AccessDenied"), "none")

    def test_what_each_mode_replaces(self):
        unusable, usable, unknown = key(problem="x"), key(), key(problem="x", is_known=False)
        allowed = {
            mode: [self.is_allowed(present, mode) for present in (unusable, usable, unknown)]
            for mode in ("Never", "IfUnusable", "Always")
        }
        self.assertEqual(
            allowed,
            {"Never": [False] * 3, "IfUnusable": [True, False, False], "Always": [True] * 3},
        )

    def is_allowed(self, present, mode):
        try:
            assess_encryption.check_replacement(TRAIL, present, "", mode)
            return True
        except calls.Refusal:
            return False


class Restoring(unittest.TestCase):
    def test_a_key_is_restored_only_if_its_state_is_its_only_problem(self):
        self.assertTrue(assess_restore.has_only_state_problem(key(problem="its KeyState is Disabled")))
        self.assertFalse(assess_restore.has_only_state_problem(key(problem="its KeyManager is AWS, not CUSTOMER")))
        self.assertFalse(assess_restore.has_only_state_problem(key(problem="its KeyState is Disabled", is_known=False)))

    def test_the_key_id_is_the_end_of_the_arn(self):
        self.assertEqual(change_key.id_of(ARN), "1234abcd-12ab-34cd-56ef-1234567890ab")


AT = datetime.datetime(2026, 1, 5, 12, tzinfo=datetime.timezone.utc)
START = AT.timestamp()


def delivery(error="", delivered=None, attempted=None):
    return trails.Delivery(error, delivered, attempted, True)


class AttemptTime(unittest.TestCase):
    def test_it_is_read_if_cloudtrail_reports_it(self):
        self.assertEqual(trails.attempt_in({"LatestDeliveryAttemptTime": "2026-01-05T12:00:00Z"}), START)
        for text in ("", None, "yesterday"):
            self.assertIsNone(trails.attempt_in({"LatestDeliveryAttemptTime": text}))
        self.assertIsNone(trails.attempt_in({}))

    def test_one_that_is_older_than_a_delivery_is_not_maintained(self):
        status = {"LatestDeliveryAttemptTime": "2026-01-05T12:00:00Z"}
        same_second = AT.replace(microsecond=999_999)
        self.assertEqual(trails.attempt_in({**status, "LatestDeliveryTime": same_second}), START)
        self.assertIsNone(trails.attempt_in({**status, "LatestDeliveryTime": AT + datetime.timedelta(seconds=1)}))


class States(unittest.TestCase):
    def states(self, *looks, before="none"):
        """The states after looks, each at a time in seconds after the change has spread."""
        watched = verify_delivery.Watch(TRAIL.arn, ARN, "eu-west-1", "111122223333", before, START, START)
        found = []
        for seconds, one in looks:
            with unittest.mock.patch.object(verify_delivery.time, "time", lambda: START + seconds):
                found.append(verify_delivery.state_at(watched, one))
        return found

    def test_a_delivery_counts_only_after_the_change_has_spread(self):
        looks = [(1, delivery(delivered=START)), (2, delivery(delivered=START + 1)), (3, delivery())]
        self.assertEqual(self.states(*looks), ["NotSeenYet", "Delivered", "NotSeenYet"])

    def test_an_attempt_before_the_change_has_spread_does_not_count(self):
        self.assertEqual(self.states((1, delivery("x", attempted=START))), ["NotSeenYet"])
        self.assertEqual(self.states((-1, delivery("x"))), ["NotSeenYet"])

    def test_an_error_is_confirmed_by_a_later_attempt_that_fails(self):
        looks = [(1, delivery("x", attempted=START + 1)), (99, delivery("x", attempted=START + 1)), (100, delivery("y", attempted=START + 100))]
        self.assertEqual(self.states(*looks), ["FailedOnce", "FailedOnce", "Failing"])

    def test_without_attempt_times_it_is_confirmed_after_a_delivery_interval(self):
        looks = [(0, delivery("x")), (299, delivery("x")), (300, delivery("x"))]
        self.assertEqual(self.states(*looks), ["FailedOnce", "FailedOnce", "Failing"])

    def test_a_delivery_in_between_ends_the_first_error(self):
        looks = [(1, delivery("x", attempted=START + 1)), (99, delivery()), (100, delivery("x", attempted=START + 100))]
        self.assertEqual(self.states(*looks), ["FailedOnce", "NotSeenYet", "FailedOnce"])

    def test_an_old_error_that_is_still_shown_proves_nothing(self):
        looks = [(0, delivery("x")), (480, delivery("x"))]
        self.assertEqual(self.states(*looks, before="x"), ["NotSeenYet", "NotSeenYet"])

    def test_an_old_error_that_disappears_and_comes_back_is_new(self):
        looks = [(0, delivery()), (480, delivery("x"))]
        self.assertEqual(self.states(*looks, before="x"), ["NotSeenYet", "FailedOnce"])

    def test_a_delivery_followed_by_an_error_is_not_a_success(self):
        self.assertEqual(self.states((9, delivery("x", delivered=START + 1, attempted=START + 5))), ["FailedOnce"])


class Approval(unittest.TestCase):
    def approval(self, seconds):
        date = None if seconds is None else AT + datetime.timedelta(seconds=seconds)
        pending = keys.Key(ARN, "PendingDeletion", "x", True, date)
        with unittest.mock.patch.object(assess_restore.time, "time", lambda: START):
            return assess_restore.approval_time(pending)

    def test_the_step_ends_before_the_deletion_date(self):
        week, day, hour = 604_800, 86_400, 3600
        times = [self.approval(seconds)["ApprovalTime"] for seconds in (30 * day, week + 1800, week + 1799, day + 1800, day + 1799, hour + 1800)]
        self.assertEqual(times, ["Week", "Week", "Day", "Day", "Hour", "Hour"])

    def test_it_is_refused_if_there_is_no_time_for_it(self):
        with self.assertRaisesRegex(calls.Refusal, "on 2026-01-05 13:29 UTC, too soon .* aws kms cancel-key-deletion --key-id arn:.* --region eu-west-1"):
            self.approval(3600 + 1799)

    def test_the_sentence_contains_the_date_the_time_left_and_the_end_of_the_step(self):
        self.assertEqual(
            self.approval(2 * 86_400 + 60)["Deadline"],
            "KMS deletes the key on 2026-01-07 12:01 UTC, in 2 days. This approval step ends on 2026-01-06 12:00 UTC, before that date. "
            "A step that has ended can no longer be approved: start the document again.",
        )
        self.assertIn("in 47 hours.", self.approval(2 * 86_400 - 1)["Deadline"])
        self.assertEqual(self.approval(None)["Deadline"], "This approval step ends on 2026-01-12 12:00 UTC.")


class ReadBack(unittest.TestCase):
    def test_the_trail_must_have_what_was_requested(self):
        change = set_trail_key.Change(TRAIL.arn, "none", ARN, "eu-west-1", "111122223333", 0)
        removal = set_trail_key.Change(TRAIL.arn, ARN, "none", "eu-west-1", "111122223333", 0)
        alias = set_trail_key.Change(TRAIL.arn, "none", "alias/x", "eu-west-1", "111122223333", 0)
        self.assertEqual([set_trail_key.has_key(change, now) for now in (ARN, "none", ARN + "1")], [True, False, False])
        self.assertEqual([set_trail_key.has_key(removal, now) for now in ("none", ARN)], [True, False])
        self.assertEqual([set_trail_key.has_key(alias, now) for now in (ARN, "none", "unknown (x)")], [True, False, False])


class Outcome(unittest.TestCase):
    def test_a_report_is_returned_and_a_refusal_is_raised(self):
        self.assertEqual(outcome.report({"Message": "well"}, None), {"Message": "well"})
        with self.assertRaisesRegex(Exception, "^no$"):
            outcome.refuse({"Message": "no"}, None)


if __name__ == "__main__":
    unittest.main()
