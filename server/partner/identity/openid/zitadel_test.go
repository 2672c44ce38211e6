package openid_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"bompass/server/partner/identity"
	"bompass/server/partner/identity/openid"
	"bompass/server/partner/identity/suite"
)

// The adapter works with a provider that is an independent implementation of OpenID Connect.
func TestIndependentProviderPassesTheSuite(t *testing.T) {
	suite.Run(t, func(t *testing.T) suite.Provider {
		t.Helper()
		return zitadelProvider(t)
	})
}

func zitadelProvider(t *testing.T) suite.Provider {
	t.Helper()
	var late lateHandler
	web := httptest.NewServer(&late)
	t.Cleanup(web.Close)
	key := testKey(t)
	store := &zitadelStorage{
		Storage: storage.NewStorage(storage.NewUserStore(web.URL)), key: key,
		client: zitadelClient{storage.WebClient("bompass", "no secret is used", redirect)},
	}
	provider, err := op.NewProvider(
		&op.Config{
			CryptoKey: [32]byte{1}, CodeMethodS256: true, AuthMethodPrivateKeyJWT: true,
			DefaultLogoutRedirectURI: "/left",
		},
		store, op.StaticIssuer(web.URL), op.WithAllowInsecure(),
		op.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	user := "test-user@" + strings.Split(strings.TrimPrefix(web.URL, "http://"), ":")[0]
	mux.Handle("/signin",
		op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := r.URL.Query().Get("id")
			if err := store.CheckUsernamePassword(user, "verysecure", id); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			http.Redirect(w, r, op.AuthCallbackURL(provider)(r.Context(), id), http.StatusFound)
		}))
	mux.Handle("/", provider)
	var handler http.Handler = mux
	late.to.Store(&handler)
	issuer, err := openid.New(config(web.URL, key, time.Now))
	if err != nil {
		t.Fatal(err)
	}
	client := browser(t)
	return suite.Provider{
		Issuer: issuer, Client: "bompass", Now: time.Now,
		Lacks: []suite.Feature{
			suite.Pushed, suite.FrontChannel, suite.BackChannel, suite.IssuerParameter, suite.Sessions,
			suite.SingleSignOn, suite.Levels, suite.Number, suite.Cancel,
		},
		Visit: func(t *testing.T, address string, _ suite.Visit) identity.AuthResponse {
			t.Helper()
			resp, body := get(t, client, address)
			if resp.StatusCode/100 != 3 {
				t.Fatalf("the provider answered %d %s", resp.StatusCode, body)
			}
			return parseRedirect(t, resp)
		},
	}
}

// zitadelStorage is the example storage of the provider, with the portal's client and with a level, which the example
// leaves empty.
type zitadelStorage struct {
	*storage.Storage
	client zitadelClient
	key    openid.Key
}

// GetClientByClientID returns the portal's client; there is no other.
func (f *zitadelStorage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != f.client.GetID() {
		return nil, errors.New("unknown client")
	}
	return f.client, nil
}

// GetKeyByIDAndClientID returns the portal's public key.
func (f *zitadelStorage) GetKeyByIDAndClientID(_ context.Context, name, client string) (*jose.JSONWebKey, error) {
	public := f.key.Public()
	if name != public.KeyID || client != f.client.GetID() {
		return nil, errors.New("unknown key")
	}
	return &public, nil
}

// AuthRequestByID adds the level.
func (f *zitadelStorage) AuthRequestByID(ctx context.Context, id string) (op.AuthRequest, error) {
	r, err := f.Storage.AuthRequestByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return authRequestWithLevel{r}, nil
}

// AuthRequestByCode adds the level.
func (f *zitadelStorage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	r, err := f.Storage.AuthRequestByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	return authRequestWithLevel{r}, nil
}

// CreateAccessToken passes on the request without the level, whose type the example does not accept.
func (f *zitadelStorage) CreateAccessToken(ctx context.Context, r op.TokenRequest) (string, time.Time, error) {
	if l, ok := r.(authRequestWithLevel); ok {
		return f.Storage.CreateAccessToken(ctx, l.AuthRequest)
	}
	return f.Storage.CreateAccessToken(ctx, r)
}

type authRequestWithLevel struct{ op.AuthRequest }

func (authRequestWithLevel) GetACR() string { return "idporten-loa-substantial" }

type zitadelClient struct{ *storage.Client }

func (zitadelClient) AuthMethod() oidc.AuthMethod { return oidc.AuthMethodPrivateKeyJWT }

func (zitadelClient) LoginURL(id string) string { return "/signin?id=" + url.QueryEscape(id) }

func (zitadelClient) GrantTypes() []oidc.GrantType { return []oidc.GrantType{oidc.GrantTypeCode} }
