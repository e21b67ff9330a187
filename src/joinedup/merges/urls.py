"""URLs of this room."""

from django.urls import path

from joinedup.merges import views

urlpatterns = [
    path("partners/one-body/", views.near_partners, name="near_partners"),
    path("partners/two-bodies/", views.two_bodies_say, name="two_bodies_say"),
    path("partners/two-bodies/<int:pk>/take-back/", views.two_bodies_take_back, name="two_bodies_take_back"),
    path("partners/merges/<int:pk>/take-back/", views.merge_take_back, name="merge_take_back"),
    path("partners/<slug:slug>/merge/", views.partner_merge, name="partner_merge"),
]
