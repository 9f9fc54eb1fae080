# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a contact will read: written once, and then reviewed and sent exactly so."""

import hashlib
import json

from markupsafe import Markup, escape

from odoo import SUPERUSER_ID, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from . import care_text

TEXT_FIELDS = ("subject", "body", "short_text")
# Stand for what differs from one mail to the next; nobody types these.
BODY_MARK = "\u2045care-body\u2046"
URL_MARK = "https://care.invalid/unsubscribe"
LAYOUT = "crm_service_excellence.care_mail_layout"


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _write_text(self, force=False):
        """Render the rule's templates into the tasks, in the contacts' languages.

        What somebody edited is never overwritten. A task that cannot be written keeps
        what it had and is reported; the others are written.

        :param force: write again what is written already
        :return: ``{task id: what is wrong, in words}``
        """
        texts, errors = self._render_texts(force)
        self._store(texts)
        return errors

    def _render_texts(self, force=False):
        """The same without writing: whoever sends them writes them with the rest.

        :param force: render again what is written already
        :return: ``({task id: {field: value for the column}}, {task id: what is wrong,
            in words})``
        """
        # Whoever triggers it, the same text comes out; sudo: nobody has write access.
        tasks_sudo = self.with_user(SUPERUSER_ID).sudo()
        tasks_sudo = tasks_sudo.filtered(
            lambda task: not task.is_edited and (force or not task._has_text())
        )
        errors, texts = {}, {}
        for key, group in tasks_sudo.grouped(lambda task: task._text_key()).items():
            rule, lang = key
            group = group.with_company(rule.company_id).with_context(lang=lang)
            self._render_group(rule, group, texts, errors)
        return texts, errors

    def _has_text(self):
        return bool(self.subject or self.body or self.short_text)

    def _text_key(self):
        """Tasks of one key are written with one reading of the templates."""
        return self.rule_id, self._reader_lang()

    def _reader_lang(self):
        """Code of the language in which the contact reads; always one installed."""
        self.ensure_one()
        known = dict(self.env["res.lang"].get_installed())
        partner_sudo = self.partner_id.sudo()  # only the language is used
        return next(
            (
                lang
                for lang in (
                    partner_sudo.lang,
                    partner_sudo.commercial_partner_id.lang,
                    self.company_id.sudo().partner_id.lang,
                )
                if lang in known
            ),
            "en_US" if "en_US" in known else next(iter(known)),
        )

    def _reader_langs(self):
        """The same for many, asked once for each combination that there is.

        :return: ``{task id: code of the language}``
        """
        langs, known = {}, {}
        for task in self:
            partner_sudo = task.partner_id.sudo()  # only the language is used
            key = (
                partner_sudo.lang,
                partner_sudo.commercial_partner_id.lang,
                task.company_id,
            )
            if key not in known:
                known[key] = task._reader_lang()
            langs[task.id] = known[key]
        return langs

    @api.model
    def _render_group(self, rule, tasks, texts, errors):
        """Write the tasks of one rule and language, each failing alone.

        :param texts: dict to which ``{task id: {field: value}}`` is added
        :param errors: dict to which ``{task id: words}`` is added
        """
        rule = rule.with_env(tasks.env)
        try:
            writer = _Writer(rule, self._words_env(rule))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            wrong = self._template_words(rule, error)
            errors.update(dict.fromkeys(tasks.ids, wrong))
            return
        try:
            with self.env.cr.savepoint():
                self._render_each(writer, tasks, texts, errors)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except care_text.DATABASE_ERRORS:
            # a template broke the transaction: which task's it is shows one by one
            for task in tasks:
                try:
                    with self.env.cr.savepoint():
                        self._render_each(writer, task, texts, errors)
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    raise
                except care_text.DATABASE_ERRORS as error:
                    errors[task.id] = self._template_words(rule, error)

    @api.model
    def _render_each(self, writer, tasks, texts, errors):
        for task in tasks:
            try:
                texts[task.id] = writer.texts_of(task)
            except (*care_text.DATABASE_ERRORS, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                texts.pop(task.id, None)
                raise
            except Exception as error:
                errors[task.id] = self._template_words(writer.rule, error)

    @api.model
    def _words_env(self, rule):
        """Reasons are kept on the task: in the company's language."""
        lang = rule.company_id.sudo().partner_id.lang
        return self.with_context(lang=lang or self.env.context.get("lang")).env

    @api.model
    def _template_words(self, rule, error):
        if isinstance(error, _TextError):
            return str(error)
        env = self._words_env(rule)
        return env._(
            "The text of the rule %(rule)s cannot be written: %(error)s",
            rule=rule.with_env(env).display_name,
            error=care_text.words_of(error),
        )

    def _fingerprint(self):
        """What would be sent, as one number: approved is this and nothing else."""
        self.ensure_one()
        content = json.dumps([str(self[name] or "") for name in TEXT_FIELDS])
        return hashlib.sha256(content.encode()).hexdigest()

    # THE E-MAIL

    def _mail_bodies(self, urls, texts):
        """The whole e-mail of each task; the layout is rendered once for each kind.

        :param urls: ``{task id: where the contact stops more of its kind}``
        :param texts: ``{task id: what is said}``
        :return: ``{task id: HTML}``
        """
        layouts, bodies = {}, {}
        langs = self._reader_langs()
        for task_sudo in self.sudo():  # the layout names the company
            key = (task_sudo.company_id, langs[task_sudo.id], task_sudo.purpose)
            if key not in layouts:
                # plain text: to Markup, replacing would escape what is escaped
                layouts[key] = tuple(map(str, self._mail_layout(*key)))
            before, after = layouts[key]
            url = str(escape(urls[task_sudo.id]))
            bodies[task_sudo.id] = Markup(
                before.replace(URL_MARK, url)
                + str(texts[task_sudo.id]["body"] or "")
                + after.replace(URL_MARK, url)
            )
        return bodies

    @api.model
    def _mail_layout(self, company, lang, purpose):
        """What stands before and after the text, with ``URL_MARK`` for the link."""
        company = company.with_context(lang=lang)
        page = (
            self.env["ir.qweb"]
            .with_context(lang=lang)
            ._render(
                LAYOUT,
                {
                    "body": BODY_MARK,
                    "company": company,
                    "address": _one_line(company.partner_id),
                    "purpose": purpose,
                    "unsubscribe_url": URL_MARK,
                },
                minimal_qcontext=True,
            )
        )
        before, _mark, after = page.partition(BODY_MARK)
        return before, after


def _one_line(partner):
    """The postal address in one line."""
    lines = partner._display_address(without_company=True).splitlines()
    return ", ".join(line.strip() for line in lines if line.strip())


class _TextError(Exception):
    """Said in words already."""


class _Writer:
    """The templates of a rule, read once, in the language of its environment."""

    def __init__(self, rule, words_env):
        self.rule, self._words_env = rule, words_env
        mail, sms = rule.template_id, rule.sms_template_id
        env = rule.env
        self._needs_subject = mail and "email" in rule.channel_ids.mapped("channel")
        if self._needs_subject and not (mail.subject or "").strip():
            raise _TextError(
                words_env._(
                    "The e-mail template %(name)s has no subject.",
                    name=mail.with_env(words_env).name,
                )
            )
        variables = env["mail.template"]._render_eval_context()
        self._subject = care_text.Text(mail.subject, variables)
        self._body = care_text.Body(env["ir.qweb"], mail.body_html, variables)
        self._short = care_text.Text(sms.body, variables)
        self._base_url = rule.get_base_url()
        self._links = env["mail.render.mixin"]._replace_local_links
        html = env["crm.care.task"]._fields["body"]
        self._cleaner = care_text.Cleaner(
            lambda body: html.convert_to_column(body, env["crm.care.task"]) or ""
        )

    def texts_of(self, task):
        """:return: ``{field: value for the column}``"""
        subject = " ".join(self._subject.render(task).split())
        if self._needs_subject and not subject:
            raise _TextError(
                self._words_env._(
                    "The subject of the e-mail template %(name)s is empty for this "
                    "contact.",
                    name=self.rule.template_id.with_env(self._words_env).name,
                )
            )
        body = self._links(self._body.render(task), self._base_url)
        return {
            "subject": subject or None,
            "body": self._cleaner.clean(body) or None,
            "short_text": self._short.render(task).strip() or None,
            "text_author_id": None,
        }
