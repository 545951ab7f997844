"""The feedback report to every applicant: strengths and improvements by item, a band instead of points, the own profile."""
