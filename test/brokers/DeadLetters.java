import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.AuthenticationFactory;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.DeadLetterPolicy;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.SubscriptionType;

/** Arguments: service URL, token, a topic whose consumer refuses everything, a topic for a message without a value. */
public class DeadLetters {
  public static void main(String[] args) throws Exception {
    try (PulsarClient client = PulsarClient.builder().serviceUrl(args[0]).authentication(AuthenticationFactory.token(args[1])).build()) {
      Consumer<byte[]> consumer = client.newConsumer()
          .topic(args[2])
          .subscriptionName("billing")
          .subscriptionType(SubscriptionType.Shared)
          .negativeAckRedeliveryDelay(100, TimeUnit.MILLISECONDS)
          .deadLetterPolicy(DeadLetterPolicy.builder().maxRedeliverCount(1).build())
          .subscribe();
      Producer<byte[]> producer = client.newProducer().topic(args[2]).create();
      producer.newMessage().key("order-1").eventTime(1773480413123L).property("tenant", "eu").value("{}".getBytes()).send();
      for (Message<byte[]> message = first(consumer); message != null; message = consumer.receive(3, TimeUnit.SECONDS)) consumer.negativeAcknowledge(message);
      Producer<byte[]> bare = client.newProducer().topic(args[3]).enableBatching(false).create();
      bare.newMessage().key("order-1").value(null).send();
      bare.newMessage().value("after".getBytes()).send();
    }
  }

  private static Message<byte[]> first(Consumer<byte[]> consumer) throws Exception {
    return consumer.receive(30, TimeUnit.SECONDS);
  }
}
