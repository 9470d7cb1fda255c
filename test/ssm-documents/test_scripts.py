"""Tests of the decisions of the scripts, without calls to AWS: every limit at the limit, one beyond, and empty."""

import datetime
import pathlib
import sys
import unittest

SCRIPTS = pathlib.Path(__file__).parents[2] / "ssm-documents" / "scripts"
sys.path.insert(0, str(SCRIPTS))
sys.dont_write_bytecode = True

import assess_encryption  # noqa: E402
import assess_restore  # noqa: E402
import calls  # noqa: E402
import change_key  # noqa: E402
import keys  # noqa: E402
import outcome  # noqa: E402
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
    def test_another_account_and_another_region_are_refused(self):
        trails.check_home(TRAIL.arn, "eu-west-1", "111122223333")
        with self.assertRaisesRegex(calls.Refusal, "belongs to account 111122223333"):
            trails.check_home(TRAIL.arn, "eu-west-1", "999988887777")
        with self.assertRaisesRegex(calls.Refusal, "is eu-west-1, and the trail can be changed only there"):
            trails.check_home(TRAIL.arn, "us-east-1", "111122223333")


class Replacement(unittest.TestCase):
    def test_only_access_and_kms_errors_concern_the_key(self):
        for error in ("AccessDenied", "KMS.DisabledException", "kms:something"):
            self.assertTrue(assess_encryption.concerns_key(error), error)
        for error in ("", "NoSuchBucket", "AccessDenied because of the bucket", "SlowDown"):
            self.assertFalse(assess_encryption.concerns_key(error), error)

    def test_the_rollback_never_restores_a_key_that_is_unusable_or_of_unknown_state(self):
        plan = assess_encryption.roll_back_plan
        self.assertEqual(plan(None, ""), "RemoveKey")
        self.assertEqual(plan(key(), ""), "RestorePreviousKey")
        for present, error in ((None, "x"), (key(), "x"), (key(problem="x"), ""), (key(problem="x", is_known=False), "")):
            self.assertEqual(plan(present, error), "none")

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


class Delivery(unittest.TestCase):
    def test_a_delivery_counts_only_after_the_change(self):
        at = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)
        status = {"LatestDeliveryTime": at}
        self.assertTrue(verify_delivery.is_delivered(status, at.timestamp() - 1))
        self.assertFalse(verify_delivery.is_delivered(status, at.timestamp()))
        self.assertFalse(verify_delivery.is_delivered({}, 0))

    def test_an_error_is_new_if_it_did_not_exist_before(self):
        self.assertTrue(verify_delivery.is_new("AccessDenied", "none"))
        self.assertFalse(verify_delivery.is_new("", "none"))
        self.assertFalse(verify_delivery.is_new("Access\n Denied", calls.shown("Access\n Denied")))
        self.assertFalse(verify_delivery.is_new("x" * 600, calls.shown("x" * 600)))


class Outcome(unittest.TestCase):
    def test_a_report_is_returned_and_a_refusal_is_raised(self):
        self.assertEqual(outcome.report({"Message": "well"}, None), {"Message": "well"})
        with self.assertRaisesRegex(Exception, "^no$"):
            outcome.refuse({"Message": "no"}, None)


if __name__ == "__main__":
    unittest.main()
