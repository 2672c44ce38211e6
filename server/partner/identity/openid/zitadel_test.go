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

// The provider below is an independent implementation of the standard.
func TestIndependentProviderPassesTheSuite(t *testing.T) {
	suite.Run(t, func(t *testing.T) suite.Provider {
		t.Helper()
		return zitadel(t)
	})
}

func zitadel(t *testing.T) suite.Provider {
	t.Helper()
	var door swap
	web := httptest.NewServer(&door)
	t.Cleanup(web.Close)
	key := testKey(t)
	kept := &foreign{
		Storage: storage.NewStorage(storage.NewUserStore(web.URL)), key: key,
		client: foreignClient{storage.WebClient("bompass", "no secret is used", redirect)},
	}
	provider, err := op.NewProvider(
		&op.Config{CryptoKey: [32]byte{1}, CodeMethodS256: true, AuthMethodPrivateKeyJWT: true, DefaultLogoutRedirectURI: "/left"},
		kept, op.StaticIssuer(web.URL), op.WithAllowInsecure(), op.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	user := "test-user@" + strings.Split(strings.TrimPrefix(web.URL, "http://"), ":")[0]
	mux.Handle("/signin", op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("id")
		if err := kept.CheckUsernamePassword(user, "verysecure", id); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, op.AuthCallbackURL(provider)(r.Context(), id), http.StatusFound)
	}))
	mux.Handle("/", provider)
	var handler http.Handler = mux
	door.to.Store(&handler)
	issuer, err := openid.New(config(web.URL, key, time.Now))
	if err != nil {
		t.Fatal(err)
	}
	client := browser(t)
	return suite.Provider{
		Issuer: issuer, Client: "bompass", Now: time.Now,
		Lacks: []suite.Feature{
			suite.Pushed, suite.Front, suite.Back, suite.NamesItself, suite.Sessions, suite.SingleSign, suite.Levels, suite.Number, suite.Cancel,
		},
		Visit: func(t *testing.T, address string, _ suite.Visit) identity.AuthResponse {
			t.Helper()
			resp, body := get(t, client, address)
			if resp.StatusCode/100 != 3 {
				t.Fatalf("the provider answered %d %s", resp.StatusCode, body)
			}
			return returned(t, resp)
		},
	}
}

// foreign is the provider's own example of a storage, with our client in it and with a level, which
// the example leaves empty.
type foreign struct {
	*storage.Storage
	client foreignClient
	key    openid.Key
}

// GetClientByClientID knows us alone.
func (f *foreign) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != f.client.GetID() {
		return nil, errors.New("unknown client")
	}
	return f.client, nil
}

// GetKeyByIDAndClientID returns our public key.
func (f *foreign) GetKeyByIDAndClientID(_ context.Context, name, client string) (*jose.JSONWebKey, error) {
	public := f.key.Public()
	if name != public.KeyID || client != f.client.GetID() {
		return nil, errors.New("unknown key")
	}
	return &public, nil
}

// AuthRequestByID adds the level.
func (f *foreign) AuthRequestByID(ctx context.Context, id string) (op.AuthRequest, error) {
	r, err := f.Storage.AuthRequestByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return leveled{r}, nil
}

// AuthRequestByCode adds the level.
func (f *foreign) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	r, err := f.Storage.AuthRequestByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	return leveled{r}, nil
}

// CreateAccessToken takes the level off again.
func (f *foreign) CreateAccessToken(ctx context.Context, r op.TokenRequest) (string, time.Time, error) {
	if l, ok := r.(leveled); ok {
		return f.Storage.CreateAccessToken(ctx, l.AuthRequest)
	}
	return f.Storage.CreateAccessToken(ctx, r)
}

type leveled struct{ op.AuthRequest }

func (leveled) GetACR() string { return "idporten-loa-substantial" }

type foreignClient struct{ *storage.Client }

func (foreignClient) AuthMethod() oidc.AuthMethod { return oidc.AuthMethodPrivateKeyJWT }

func (foreignClient) LoginURL(id string) string { return "/signin?id=" + url.QueryEscape(id) }

func (foreignClient) GrantTypes() []oidc.GrantType { return []oidc.GrantType{oidc.GrantTypeCode} }
