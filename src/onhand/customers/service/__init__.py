"""Caring for customers: notes that colleagues leave, and cases from the question to its answer.

A *case* is something a customer asked for, with an owner, a state and the moment by which the first answer is due. Its
*entries* are what was said about it, in order: the question, answers, notes among colleagues. A *note* stands on a
customer or an order until somebody takes it down. All texts are sealed under the key of whoever they are about.
"""
