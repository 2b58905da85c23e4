"""The settings of allauth and axes that are the same in every installation; `authspine.settings` takes them all."""

ACCOUNT_ADAPTER = "authspine.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "authspine.accounts.forms.SignInForm",
    "change_password": "authspine.accounts.forms.PasswordForm",
    "reset_password": "authspine.accounts.forms.ForgottenForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# No column of ours holds an address that allauth could ask for: it is told aliases (authspine.accounts.aliases).
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# allauth counts in a cache of each process; authspine.limits counts in the database.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "authspine.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "authspine.accounts.forms.SecondStepForm",
    "reauthenticate": "authspine.accounts.forms.AgainForm",
    "activate_totp": "authspine.accounts.forms.AppForm",
    "add_webauthn": "authspine.accounts.forms.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A key is shown with its PIN or a finger, whatever for: allauth keeps one state for all ceremonies, and a mere touch
# that one of them has asked for would sign in at another.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Auth-spine"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute wrong
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = "authspine.accounts.axes.most"
AXES_COOLOFF_TIME = "authspine.accounts.axes.cool_off"
AXES_USERNAME_CALLABLE = "authspine.accounts.axes.username"
AXES_CLIENT_IP_CALLABLE = "authspine.accounts.axes.address"
AXES_CLIENT_STR_CALLABLE = "authspine.accounts.axes.client"
AXES_SENSITIVE_PARAMETERS = ["login", "email", "username", "next"]
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
