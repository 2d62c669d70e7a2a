// A resident's first dossier with the Java client, in one page.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vn.bakhong.api.ApiClient;
import vn.bakhong.api.ApiException;
import vn.bakhong.api.model.*;
import vn.bakhong.api.operations.*;

public class Journey {
  static final String URL = System.getenv("BAKHONG_URL");
  static final String PDF =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n";

  static void check(String what, boolean holds) {
    if (!holds) throw new AssertionError(what);
    System.out.println("ok " + what);
  }

  static ApiClient client(String token) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(URL);
    if (token != null) client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    return client;
  }

  /** A client of a caller; in production the token comes from the OpenID provider. */
  static ApiClient signedIn(GatewayDevelopmentSignIn who) throws ApiException {
    var request = TokensApi.APICreateDevelopmentTokenRequest.newBuilder().gatewayDevelopmentSignIn(who).build();
    return client(new TokensApi(client(null)).createDevelopmentToken(request).getAccessToken());
  }

  public static void main(String[] arguments) throws Exception {
    var officer = signedIn(
        new GatewayDevelopmentSignIn().role(GatewayDevelopmentSignIn.RoleEnum.OFFICER).unitCode("15724"));
    check("sign in", true);

    var number = "038075%06d".formatted(new Random().nextInt(1_000_000));
    var person = new RegistryResidentCreate().personalId(number)
        .idDocument(RegistryResidentCreate.IdDocumentEnum.CAN_CUOC).fullName("Lê Văn Mẫu")
        .dateOfBirth(LocalDate.of(1975, 3, 12)).sex(RegistryResidentCreate.SexEnum.MALE).unitCode("15727-01");
    var register = ResidentsApi.APICreateResidentRequest.newBuilder()
        .registryResidentCreate(person).idempotencyKey(UUID.randomUUID().toString()).build();
    var residents = new ResidentsApi(officer);
    UUID residentId = residents.createResident(register).getId();
    check("register", residentId != null);
    check("repeated key", residents.createResident(register).getId().equals(residentId));

    try {
      residents.getResident(ResidentsApi.APIGetResidentRequest.newBuilder().residentId(residentId).build());
    } catch (ApiException refused) {
      check("problem", refused.getCode() == 428 && refused.getResponseBody().contains("/problems/purpose-required"));
    }

    var mine = signedIn(
        new GatewayDevelopmentSignIn().role(GatewayDevelopmentSignIn.RoleEnum.RESIDENT).residentId(residentId));
    var prefill = ResidentsApi.APIPrefillResidentRequest.newBuilder().residentId(residentId)
        .registryPrefillBody(new RegistryPrefillBody().fields(List.of("full_name", "phone", "permanent_address"))).build();
    var prefilled = new ResidentsApi(mine).prefillResident(prefill);
    check("prefill", "Lê Văn Mẫu".equals(prefilled.getFields().get("full_name").getValue()));

    var dossiers = new DossiersApi(mine);
    var create = new CaseworkDossierCreate().procedureCode("2.000635").residentId(residentId).unitCode("15724");
    var draft = dossiers.createDossierWithHttpInfo(
        DossiersApi.APICreateDossierRequest.newBuilder().caseworkDossierCreate(create).build());
    UUID dossierId = draft.getData().getId();
    String stale = draft.getHeaders().get("etag").get(0);
    check("draft", dossierId != null);

    Path paper = Files.writeString(Files.createTempFile("giay-khai-sinh", ".pdf"), PDF);
    dossiers.createAttachment(
        DossiersApi.APICreateAttachmentRequest.newBuilder().dossierId(dossierId)._file(paper.toFile()).build());
    check("attach", true);

    var read = DossiersApi.APIGetDossierRequest.newBuilder().dossierId(dossierId).build();
    String newest = dossiers.getDossierWithHttpInfo(read).getHeaders().get("etag").get(0);
    var address = "Thôn 1, xã Đồng Tiến";
    var fill = new CaseworkDossierFillIn().fields(Map.of(
        "permanent_address", address, "subject_permanent_address", address, "extract_kind", "birth",
        "subject_ethnic_group", "Kinh", "subject_nationality", "Việt Nam"));
    var update = DossiersApi.APIUpdateDossierRequest.newBuilder().dossierId(dossierId).caseworkDossierFillIn(fill);
    dossiers.updateDossier(update.ifMatch(newest).build());
    try {
      dossiers.updateDossier(update.ifMatch(stale).build());
    } catch (ApiException refused) {
      check("stale etag", refused.getCode() == 412);
    }
    var event = new CompletableFuture<Map.Entry<HttpExchange, String>>();
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0); // of an app that subscribes to events
    server.createContext("/hooks", exchange -> {
      event.complete(Map.entry(exchange, new String(exchange.getRequestBody().readAllBytes(), "UTF-8")));
      exchange.sendResponseHeaders(204, -1);
    });
    server.start();
    var subscriptions = new SubscriptionsApi(signedIn(
        new GatewayDevelopmentSignIn().role(GatewayDevelopmentSignIn.RoleEnum.PARTNER).partnerId("demo-app")));
    var hook = new NotificationsSubscriptionCreate()
        .url(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hooks"))
        .types(List.of(NotificationsSubscriptionCreate.TypesEnum.DOSSIER_SUBMITTED));
    var subscription = subscriptions.createSubscription(
        SubscriptionsApi.APICreateSubscriptionRequest.newBuilder().notificationsSubscriptionCreate(hook).build());

    var submitted = dossiers.submitDossier(DossiersApi.APISubmitDossierRequest.newBuilder().dossierId(dossierId).build());
    check("submit", submitted.getCode() != null);
    var arrived = event.get(60, TimeUnit.SECONDS);
    var sent = arrived.getKey().getRequestHeaders();
    var key = Base64.getDecoder().decode(subscription.getSecret().substring("whsec_".length()));
    var signed = sign(key, sent.getFirst("webhook-id"), sent.getFirst("webhook-timestamp"), arrived.getValue());
    check("received event", List.of(sent.getFirst("webhook-signature").split(" ")).contains(signed)
        && arrived.getValue().contains("dossier.submitted"));
    subscriptions.deleteSubscription(
        SubscriptionsApi.APIDeleteSubscriptionRequest.newBuilder().subscriptionId(subscription.getId()).build());
    server.stop(0);
    var slip = dossiers.getSlip(DossiersApi.APIGetSlipRequest.newBuilder().dossierId(dossierId).build());
    check("download", new String(Files.readAllBytes(slip.toPath()), 0, 4).equals("%PDF"));

    var codes = new HashSet<String>();
    var list = UnitsApi.APIListUnitsRequest.newBuilder().parent("15724").limit(2);
    for (String cursor = null; ; list.cursor(cursor)) {
      var page = new UnitsApi(officer).listUnits(list.build());
      page.getItems().forEach(unit -> codes.add(unit.getCode()));
      cursor = page.getNextCursor();
      if (cursor == null) break;
    }
    check("cursor", codes.size() > 2);

    var body = """
        {"type": "payment_account.opened", "timestamp": "%s", "data":
         {"resident": {"personal_id": "%s"}, "kind": "bank", "account_ref": "acc-1"}}""".formatted(OffsetDateTime.now(), number);
    check("webhook", deliver(body, true) == 202 && deliver(body, false) == 401);
  }

  /** Standard Webhooks: HMAC-SHA256 over id, time and body, with the secret's decoded bytes. */
  static String sign(byte[] key, String id, String time, String body) throws Exception {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return "v1," + Base64.getEncoder().encodeToString(mac.doFinal((id + "." + time + "." + body).getBytes("UTF-8")));
  }

  static int deliver(String body, boolean isSigned) throws Exception {
    var key = Base64.getDecoder().decode("ZGVtby1iYW5rLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4="); // of demo-bank's whsec_…
    String id = "msg_" + UUID.randomUUID(), time = String.valueOf(System.currentTimeMillis() / 1000);
    var request = HttpRequest.newBuilder(URI.create(URL + "/webhooks/demo-bank"))
        .header("content-type", "application/json").header("webhook-id", id).header("webhook-timestamp", time)
        .header("webhook-signature", isSigned ? sign(key, id, time, body) : "v1,AAAA")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    // HTTP/1.1: the default offers an upgrade to HTTP/2, which a body must not carry.
    var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }
}
