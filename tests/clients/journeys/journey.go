// A resident's first dossier with the Go client, in one page.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	bakhong "bakhong.example/clients/go"
	"github.com/google/uuid"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

var (
	url = os.Getenv("BAKHONG_URL")
	ctx = context.Background()
)

const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

func check(what string, holds bool, err error) {
	if err != nil || !holds {
		panic(fmt.Sprintf("%s: %v", what, err))
	}
	fmt.Println("ok", what)
}

func client(token string) *bakhong.APIClient {
	configuration := bakhong.NewConfiguration()
	configuration.Servers = bakhong.ServerConfigurations{{URL: url}}
	if token != "" {
		configuration.AddDefaultHeader("Authorization", "Bearer "+token)
	}
	return bakhong.NewAPIClient(configuration)
}

// signedIn is a client of a caller; in production the token comes from the OpenID provider.
func signedIn(who bakhong.GatewayDevelopmentSignIn) *bakhong.APIClient {
	token, _, err := client("").TokensAPI.CreateDevelopmentToken(ctx).GatewayDevelopmentSignIn(who).Execute()
	check("sign in", err == nil, err)
	return client(token.AccessToken)
}

func main() {
	as := bakhong.NewGatewayDevelopmentSignIn("officer")
	as.SetUnitCode("15724")
	officer := signedIn(*as)

	number := fmt.Sprintf("038075%06d", rand.Intn(1_000_000))
	person := *bakhong.NewRegistryResidentCreate(number, "can_cuoc", "Lê Văn Mẫu", "1975-03-12", "male", "15727-01")
	key := uuid.NewString()
	resident, _, err := officer.ResidentsAPI.CreateResident(ctx).RegistryResidentCreate(person).IdempotencyKey(key).Execute()
	check("register", err == nil, err)
	again, _, err := officer.ResidentsAPI.CreateResident(ctx).RegistryResidentCreate(person).IdempotencyKey(key).Execute()
	check("repeated key", again.Id == resident.Id, err)

	_, refused, err := officer.ResidentsAPI.GetResident(ctx, resident.Id).Execute()
	var problem bakhong.Problem
	_ = json.Unmarshal(err.(*bakhong.GenericOpenAPIError).Body(), &problem)
	check("problem", refused.StatusCode == 428 && problem.Type == "/problems/purpose-required", nil)

	as = bakhong.NewGatewayDevelopmentSignIn("resident")
	as.SetResidentId(resident.Id)
	mine := signedIn(*as)
	wanted := *bakhong.NewRegistryPrefillBody([]string{"full_name", "phone", "permanent_address"})
	prefilled, _, err := mine.ResidentsAPI.PrefillResident(ctx, resident.Id).RegistryPrefillBody(wanted).Execute()
	check("prefill", err == nil && len(prefilled.Fields) > 0, err)

	create := *bakhong.NewCaseworkDossierCreate("2.000635")
	create.SetResidentId(resident.Id)
	create.SetUnitCode("15724")
	draft, answer, err := mine.DossiersAPI.CreateDossier(ctx).CaseworkDossierCreate(create).Execute()
	check("draft", err == nil, err)
	stale := answer.Header.Get("ETag")

	file, _ := os.CreateTemp("", "*.pdf")
	_, _ = file.WriteString(pdf)
	_, _ = file.Seek(0, io.SeekStart)
	_, _, err = mine.DossiersAPI.CreateAttachment(ctx, draft.Id).File(file).Execute()
	check("attach", err == nil, err)

	_, answer, _ = mine.DossiersAPI.GetDossier(ctx, draft.Id).Execute()
	fill := bakhong.CaseworkDossierFillIn{Fields: map[string]interface{}{
		"permanent_address": "Thôn 1, xã Đồng Tiến", "subject_permanent_address": "Thôn 1, xã Đồng Tiến",
		"extract_kind": "birth", "subject_ethnic_group": "Kinh", "subject_nationality": "Việt Nam",
	}}
	_, _, err = mine.DossiersAPI.UpdateDossier(ctx, draft.Id).CaseworkDossierFillIn(fill).IfMatch(answer.Header.Get("ETag")).Execute()
	check("fill in", err == nil, err)
	_, refused, _ = mine.DossiersAPI.UpdateDossier(ctx, draft.Id).CaseworkDossierFillIn(fill).IfMatch(stale).Execute()
	check("stale etag", refused.StatusCode == 412, nil)
	type message struct {
		headers http.Header
		body    []byte
	}
	events := make(chan message, 10)
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		events <- message{request.Header, body}
		answer.WriteHeader(http.StatusNoContent)
	})) // of an app that subscribes to events
	defer server.Close()
	as = bakhong.NewGatewayDevelopmentSignIn("partner")
	as.SetPartnerId("demo-app")
	subscriptions := signedIn(*as).SubscriptionsAPI
	hook := *bakhong.NewNotificationsSubscriptionCreate(server.URL, []string{"dossier.submitted"})
	subscription, _, err := subscriptions.CreateSubscription(ctx).NotificationsSubscriptionCreate(hook).Execute()
	check("subscribe", err == nil, err)

	submitted, _, err := mine.DossiersAPI.SubmitDossier(ctx, draft.Id).IdempotencyKey(uuid.NewString()).Execute()
	check("submit", err == nil && submitted.Status == "submitted", err)
	event := <-events
	receiver, _ := webhooks.NewWebhook(subscription.Secret)
	check("received event", strings.Contains(string(event.body), "dossier.submitted"), receiver.Verify(event.body, event.headers))
	_, err = subscriptions.DeleteSubscription(ctx, subscription.Id).Execute()
	check("unsubscribe", err == nil, err)
	slip, _, err := mine.DossiersAPI.GetSlip(ctx, draft.Id).Execute()
	check("download", err == nil, err)
	content, _ := io.ReadAll(slip)
	check("download", strings.HasPrefix(string(content), "%PDF"), nil)

	codes, cursor := map[string]bool{}, ""
	for {
		request := officer.UnitsAPI.ListUnits(ctx).Parent("15724").Limit(2)
		if cursor != "" {
			request = request.Cursor(cursor)
		}
		page, _, err := request.Execute()
		if err != nil {
			panic(err)
		}
		for _, unit := range page.Items {
			codes[unit.Code] = true
		}
		if cursor = page.GetNextCursor(); cursor == "" {
			break
		}
	}
	check("cursor", len(codes) > 2, nil)

	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("%s%s", "demo-bank", strings.Repeat(".", 23))))
	signer, _ := webhooks.NewWebhook(secret)
	body := fmt.Sprintf(`{"type":"payment_account.opened","timestamp":%q,"data":{"resident":{"personal_id":%q},"kind":"bank","account_ref":"acc-1"}}`,
		time.Now().Format(time.RFC3339), number)
	id, now := "msg_"+uuid.NewString(), time.Now()
	signature, _ := signer.Sign(id, now, []byte(body))
	check("webhook", deliver(id, now, signature, body) == 202 && deliver(id, now, "v1,AAAA", body) == 401, nil)
}

func deliver(id string, at time.Time, signature, body string) int {
	request, _ := http.NewRequest("POST", url+"/webhooks/demo-bank", strings.NewReader(body))
	request.Header.Set("content-type", "application/json")
	request.Header.Set("webhook-id", id)
	request.Header.Set("webhook-timestamp", fmt.Sprint(at.Unix()))
	request.Header.Set("webhook-signature", signature)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	return response.StatusCode
}
