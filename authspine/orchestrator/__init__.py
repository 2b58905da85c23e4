"""The spine: every story that touches two or more apps is one function here and reads as its numbered steps.

REST viewsets, the demo, the admin's actions, jobs and commands go through it, so they can never disagree. Each journey
records its business event in the transaction of the change that it tells of.
"""
