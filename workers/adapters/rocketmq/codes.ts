/** Requests of the remoting protocol; source: RequestCode of RocketMQ 5.3. */
export const REQUEST = {
  pull: 11,
  queryConsumerOffset: 14,
  updateConsumerOffset: 15,
  brokerConfig: 26,
  maxOffset: 30,
  minOffset: 31,
  heartBeat: 34,
  consumersOfGroup: 38,
  routeOfTopic: 105,
  clusterInfo: 106,
  topicList: 206,
  systemTopicList: 304,
  sendMessageV2: 310,
} as const;

/** Codes of answers; source: ResponseCode and RemotingSysResponseCode of RocketMQ 5.3. */
export const ANSWER = {
  success: 0,
  systemError: 1,
  systemBusy: 2,
  requestCodeNotSupported: 3,
  flushDiskTimeout: 10,
  slaveNotAvailable: 11,
  flushSlaveTimeout: 12,
  messageIllegal: 13,
  serviceNotAvailable: 14,
  versionNotSupported: 15,
  noPermission: 16,
  topicNotExist: 17,
  pullNotFound: 19,
  pullRetryImmediately: 20,
  pullOffsetMoved: 21,
  queryNotFound: 22,
  subscriptionGroupNotExist: 26,
  invalidParameter: 29,
  flowControl: 215,
  notLeaderForQueue: 501,
  illegalOperation: 604,
  goAway: 1500,
} as const;

/** Bits of a topic's `perm`: may it be read, may it be written. */
export const PERM = { read: 4, write: 2 } as const;
