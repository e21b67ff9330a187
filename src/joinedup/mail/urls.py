"""URLs of this room."""

from django.urls import path

from joinedup.mail.views import mail_reports

urlpatterns = [path("mail/reports/", mail_reports, name="mail_reports")]
