package io.stoker.spring;

import io.stoker.sessions.SpringValues;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;
import org.springframework.data.redis.serializer.JdkSerializationRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.data.redis.serializer.SerializationException;

/// Stores the values of Spring sessions with the application's own serializer, if it defines one
/// under the name that Spring Session looks for.
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(RedisSerializer.class)
class SpringSerializerConfiguration {

  private static final String SERIALIZER = "springSessionDefaultRedisSerializer";

  @Bean
  @ConditionalOnBean(name = SERIALIZER)
  @ConditionalOnMissingBean
  SpringValues stokerSpringValues(
      @Qualifier(SERIALIZER) RedisSerializer<Object> serializer, ResourceLoader resources) {
    return new Serialized(
        new JdkSerializationRedisSerializer(resources.getClassLoader()), serializer);
  }

  /// @param source how Spring Session JDBC has stored attributes
  /// @param target how Spring Session stores them in Redis
  private record Serialized(RedisSerializer<Object> source, RedisSerializer<Object> target)
      implements SpringValues {

    @Override
    public String description() {
      return "the format of " + SERIALIZER;
    }

    @Override
    public byte[] encode(byte[] java) {
      try {
        return Objects.requireNonNullElseGet(
            target.serialize(source.deserialize(java)), () -> new byte[0]);
      } catch (SerializationException e) {
        throw new IllegalArgumentException(
            SERIALIZER + " cannot convert an attribute", e); // its message may contain the value
      }
    }

    @Override
    public boolean canDecode(byte[] value) {
      try {
        target.deserialize(value);
        return true;
      } catch (SerializationException _) {
        return false;
      }
    }
  }
}
