import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A partner's program with the JDK's HTTP client as it is by default: on plain HTTP it offers `Upgrade: h2c` with each
 * request on a new connection.
 *
 * <p>`java SignedWebhook.java URL SECRET BODY COUNT` delivers BODY as COUNT messages, signed as Standard Webhooks with the
 * base64 SECRET, half of them with a length and half in chunks. It prints each status and the protocol of its response.
 */
public class SignedWebhook {
    public static void main(String[] arguments) throws Exception {
        URI url = URI.create(arguments[0]);
        byte[] secret = Base64.getDecoder().decode(arguments[1]);
        String body = arguments[2];
        for (int number = 0; number < Integer.parseInt(arguments[3]); number++) {
            HttpClient client = HttpClient.newHttpClient();
            HttpResponse<String> response = client.send(
                request(url, secret, body, number % 2 == 1), HttpResponse.BodyHandlers.ofString());
            System.out.println(response.statusCode() + " " + response.version());
        }
    }

    private static HttpRequest request(URI url, byte[] secret, String body, boolean inChunks) throws Exception {
        String id = "msg_" + UUID.randomUUID();
        String sentAt = Long.toString(Instant.now().getEpochSecond());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        byte[] signature = mac.doFinal((id + "." + sentAt + "." + body).getBytes(StandardCharsets.UTF_8));
        HttpRequest.BodyPublisher whole = HttpRequest.BodyPublishers.ofString(body);
        return HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", sentAt)
            .header("webhook-signature", "v1," + Base64.getEncoder().encodeToString(signature))
            .POST(inChunks ? HttpRequest.BodyPublishers.fromPublisher(whole) : whole)
            .build();
    }
}
